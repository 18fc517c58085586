using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>A core that was brought over from an old store, or was not.</summary>
/// <param name="Folder">Where it was.</param>
/// <param name="Key">Its key; null when even that could not be read.</param>
/// <param name="Name">The name the old store knew it by.</param>
/// <param name="Length">How long it is.</param>
/// <param name="Blocks">How many blocks were brought over.</param>
/// <param name="Damaged">How many it should have had besides, but could not be read, or were not what was signed.</param>
/// <param name="Failure">Why it was not brought over; null when it was.</param>
public sealed record ImportedCore(string Folder, CoreKey? Key, string? Name, ulong Length, ulong Blocks, ulong Damaged, string? Failure);
