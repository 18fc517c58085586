namespace Nashi.Hyperbee2.Blocks;

/// <summary>Where a long value is; with a split, in so many blocks before it too.</summary>
internal readonly record struct ValueLocation(int Core, ulong Seq, int Offset, int Split);
