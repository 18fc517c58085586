using Nashi.Encoding;

namespace Nashi.Hyperbee2;

/// <summary>A key and its value, with the place of the key.</summary>
/// <param name="Core">The core that holds the key.</param>
/// <param name="Seq">The block in the core.</param>
/// <param name="Offset">Which key of the block it is.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">The value; <see langword="null"/> when the key was put without one.</param>
public sealed record Bee2Entry(CoreKey Core, ulong Seq, int Offset, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>The key as UTF-8 text.</summary>
    public string KeyText => System.Text.Encoding.UTF8.GetString(Key.Span);

    /// <summary>The value as UTF-8 text.</summary>
    public string? ValueText => Value is { } value ? System.Text.Encoding.UTF8.GetString(value.Span) : null;
}
