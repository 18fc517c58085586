namespace Nashi.Hypercore.Merkle;

/// <summary>A block and the siblings on its way up.</summary>
/// <param name="Index">The block.</param>
/// <param name="Value">The stored bytes (padding and encryption included). Null is "no value", empty is a legal block.</param>
/// <param name="Nodes">Siblings from the leaf upwards.</param>
public readonly record struct BlockProof(ulong Index, ReadOnlyMemory<byte>? Value, ReadOnlyMemory<TreeNode> Nodes);
