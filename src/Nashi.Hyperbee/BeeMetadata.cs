namespace Nashi.Hyperbee;

/// <summary>What the first block of a tree may say about it.</summary>
/// <param name="ContentFeed">The key of a core that belongs to this tree.</param>
/// <param name="UserData">Anything the application wants.</param>
public sealed record BeeMetadata(ReadOnlyMemory<byte>? ContentFeed, ReadOnlyMemory<byte>? UserData = null);
