namespace Nashi.Hyperbee2.Tree;

/// <summary>Where a node, key or cohort is, in any core.</summary>
internal readonly record struct Place(BeeCore Core, ulong Seq, int Offset);
