namespace Nashi.Hyperbee.Tree;

/// <summary>Where a node is: block and level, or in a batch's memory.</summary>
internal readonly record struct NodeAddress(ulong Seq, ulong Offset, TreeNode? Live)
{
    public bool IsSame(in NodeAddress other) => Live is null && other.Live is null && Seq == other.Seq && Offset == other.Offset;
}
