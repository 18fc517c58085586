namespace Nashi.Hypercore.Merkle;

/// <summary>The node in which a byte offset lies.</summary>
/// <param name="Bytes">The offset that was asked for.</param>
/// <param name="Nodes">The node, then siblings upwards until the block's or hash's path is met.</param>
public readonly record struct SeekProof(ulong Bytes, ReadOnlyMemory<TreeNode> Nodes);
