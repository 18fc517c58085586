namespace Nashi.Hyperbee2.Blocks;

/// <summary>Where another block is.</summary>
internal readonly record struct BlockPointer(int Core, ulong Seq);
