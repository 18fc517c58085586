namespace Nashi.Hypercore.Seam;

/// <summary>What became of a proof.</summary>
/// <param name="Refusal">None when it was verified and stored.</param>
/// <param name="Upgraded">The core grew.</param>
/// <param name="BlockIndex">The block that was stored, if any.</param>
internal readonly record struct VerifyOutcome(ProofRefusal Refusal, bool Upgraded = false, ulong? BlockIndex = null)
{
    public bool IsAccepted => Refusal == ProofRefusal.None;

    public static VerifyOutcome Refused(ProofRefusal refusal) => new(refusal);
}
