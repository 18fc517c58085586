namespace Nashi.Hypercore.Merkle;

/// <summary>Asks for a block.</summary>
/// <param name="Index">The block.</param>
/// <param name="Nodes">How many levels of parents above its leaf the asker lacks.</param>
public readonly record struct BlockRequest(ulong Index, ulong Nodes);
