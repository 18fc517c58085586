namespace Nashi.Hyperbee2;

/// <summary>One write in a tree's history. A deletion leaves no trace but the version it made: compare the two heads to find it.</summary>
/// <param name="Head">The version the write made.</param>
/// <param name="Previous">The version it was made from; <see langword="null"/> when there was none.</param>
/// <param name="Puts">The keys that were put, as they lie in the log.</param>
public sealed record Bee2Change(Bee2Head Head, Bee2Head? Previous, IReadOnlyList<Bee2Entry> Puts);
