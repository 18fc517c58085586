namespace Nashi.Hypercore.Seam;

/// <summary>What a reorg needs next: the hash of some node in a window of blocks.</summary>
/// <param name="Start">First block of the window.</param>
/// <param name="End">One past its last.</param>
/// <param name="Nodes">How many levels of parents to ask for with the hash of a leaf in the window.</param>
internal readonly record struct ReorgWant(ulong Start, ulong End, ulong Nodes);
