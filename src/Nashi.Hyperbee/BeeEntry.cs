
namespace Nashi.Hyperbee;

/// <summary>A key and its value, with the block that holds them.</summary>
/// <param name="Seq">The index of the block in the log.</param>
/// <param name="Key">The key, without the prefix of a sub-database.</param>
/// <param name="Value">The value; <see langword="null"/> when the key was put without one.</param>
public sealed record BeeEntry(ulong Seq, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte>? Value)
{
    /// <summary>The key as UTF-8 text.</summary>
    public string KeyText => Utf8.Text(Key.Span);

    /// <summary>The value as UTF-8 text.</summary>
    public string? ValueText => Value is { } value ? Utf8.Text(value.Span) : null;
}
