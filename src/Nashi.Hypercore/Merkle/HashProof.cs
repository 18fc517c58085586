namespace Nashi.Hypercore.Merkle;

/// <summary>A tree node and the siblings on its way up.</summary>
/// <param name="Index">The flat-tree index of the node.</param>
/// <param name="Nodes">The node itself, then siblings upwards.</param>
public readonly record struct HashProof(ulong Index, ReadOnlyMemory<TreeNode> Nodes);
