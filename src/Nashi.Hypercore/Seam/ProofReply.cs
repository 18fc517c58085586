using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Seam;

/// <summary>A proof, or why there is none.</summary>
internal readonly record struct ProofReply(Proof? Proof, ProofRefusal Refusal)
{
    public static ProofReply Refused(ProofRefusal refusal) => new(null, refusal);
}
