namespace Nashi.Hypercore.State;

/// <summary>Blocks that come (held) or go.</summary>
internal readonly record struct BlockRange(ulong Start, ulong End, bool Held);
