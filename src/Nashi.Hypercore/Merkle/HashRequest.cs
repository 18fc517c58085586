namespace Nashi.Hypercore.Merkle;

/// <summary>Asks for a tree node.</summary>
/// <param name="Index">The flat-tree index.</param>
/// <param name="Nodes">How many levels of parents above it the asker lacks.</param>
public readonly record struct HashRequest(ulong Index, ulong Nodes);
