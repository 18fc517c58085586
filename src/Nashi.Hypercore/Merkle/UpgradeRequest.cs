namespace Nashi.Hypercore.Merkle;

/// <summary>Asks for a signed growth of the tree.</summary>
/// <param name="Start">The asker's length, in blocks.</param>
/// <param name="Length">How many blocks more it wants to reach.</param>
public readonly record struct UpgradeRequest(ulong Start, ulong Length);
