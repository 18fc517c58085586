namespace Nashi.Hypercore.Merkle;

/// <summary>A signed growth of the tree.</summary>
/// <param name="Start">The length grown from.</param>
/// <param name="Length">How many blocks more.</param>
/// <param name="Nodes">What the asker needs to grow its roots to start + length.</param>
/// <param name="AdditionalNodes">What it needs on top to reach the length that was signed.</param>
/// <param name="Signature">The stored signature of the sender's head.</param>
public readonly record struct UpgradeProof(
    ulong Start, ulong Length, ReadOnlyMemory<TreeNode> Nodes, ReadOnlyMemory<TreeNode> AdditionalNodes, ReadOnlyMemory<byte> Signature)
{
    /// <summary>The length that the signature speaks of: the end of the last additional node, else <c>Start + Length</c>.</summary>
    public ulong SignedLength => AdditionalNodes.IsEmpty
        ? Start + Length
        : (Nashi.Encoding.FlatTree.RightSpan(AdditionalNodes.Span[^1].Index) / 2) + 1;
}
