namespace Nashi.Hypercore;

/// <summary>One change of a core.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Start">The first block concerned.</param>
/// <param name="Count">How many blocks.</param>
/// <param name="Length">The core's length after it.</param>
/// <param name="Fork">The core's fork after it.</param>
public readonly record struct CoreChange(CoreChangeKind Kind, ulong Start, ulong Count, ulong Length, ulong Fork);
