namespace Nashi.Hyperbee.Tree;

/// <summary>A node's way to a child: where the child is stored, and the child itself once it was loaded.</summary>
/// <remarks>Shared on purpose between the parent and the index of the block that stores the child: a later operation of a batch that takes the child over moves <see cref="Seq"/>.</remarks>
internal sealed class TreeLink(ulong seq, ulong offset, TreeNode? node)
{
    public ulong Seq { get; set; } = seq;

    public ulong Offset { get; set; } = offset;

    public TreeNode? Node { get; set; } = node;
}
