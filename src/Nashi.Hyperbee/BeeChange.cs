namespace Nashi.Hyperbee;

/// <summary>One step of a tree's history.</summary>
/// <param name="Kind">Whether the key was put or deleted.</param>
/// <param name="Entry">The key and what it was set to.</param>
public sealed record BeeChange(BeeChangeKind Kind, BeeEntry Entry);
