namespace Nashi.Hyperbee;

/// <summary>Decides whether a write over an existing key goes ahead: compare and swap. Not asked when the key is new.</summary>
/// <param name="previous">What is stored.</param>
/// <param name="next">What would be stored; its value is <see langword="null"/> for a deletion.</param>
public delegate bool BeeCompare(BeeEntry previous, BeeEntry next);
