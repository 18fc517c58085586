using Nashi.Encoding;

namespace Nashi.Hypercore.Merkle;

/// <summary>One node of the Merkle tree of a core: the hash of everything below it.</summary>
/// <param name="Index">Flat-tree index: 2 × block for a leaf.</param>
/// <param name="Size">Bytes of all the stored (padded, encrypted) blocks below.</param>
/// <param name="Hash">BLAKE2b-256 of the block, or of the two children. Spec: data.md §2.3.</param>
public readonly record struct TreeNode(ulong Index, ulong Size, Bytes32 Hash);
