namespace Nashi.Hypercore.Seam;

/// <summary>Where a byte lies, as far as we know.</summary>
/// <param name="IsFound">Block and offset are exact.</param>
/// <param name="Block">The block, when found.</param>
/// <param name="Offset">The (unpadded) offset in that block, when found.</param>
/// <param name="Start">Otherwise: first block of the window in which it must lie.</param>
/// <param name="End">One past the last block of that window.</param>
internal readonly record struct SeekResult(bool IsFound, ulong Block, ulong Offset, ulong Start, ulong End);
