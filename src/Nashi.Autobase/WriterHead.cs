using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>A point in a core: the state after its first <paramref name="Length"/> blocks.</summary>
/// <param name="Key">The core.</param>
/// <param name="Length">How many of its blocks are meant.</param>
public readonly record struct WriterHead(CoreKey Key, ulong Length)
{
    /// <summary>The key and the length, for people.</summary>
    public override string ToString() => $"{Key}@{Length}";
}
