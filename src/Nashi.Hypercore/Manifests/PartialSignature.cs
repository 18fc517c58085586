using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Manifests;

/// <summary>What one signer of several contributes to a signature. Made by <see cref="Core.CreatePartialSignature"/>.</summary>
public sealed class PartialSignature
{
    internal PartialSignature(int signer, ReadOnlyMemory<byte> signature, ulong patch, TreeNode[] nodes) => (Signer, Signature, Patch, Nodes) = (signer, signature, patch, nodes);

    /// <summary>Whose it is: an index into the manifest's signers.</summary>
    public int Signer { get; }

    /// <summary>64 bytes.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>How many blocks longer the tree is that it covers.</summary>
    public ulong Patch { get; }

    internal TreeNode[] Nodes { get; }
}
