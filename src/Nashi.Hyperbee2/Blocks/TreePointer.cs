namespace Nashi.Hyperbee2.Blocks;

/// <summary>Where a node, key or cohort is: the core (0 for the one the pointer is in, else a number in its list of cores), the block, and the index in the block.</summary>
internal readonly record struct TreePointer(int Core, ulong Seq, int Offset);
