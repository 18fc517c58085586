namespace Nashi.Hyperbee2.Writing;

/// <summary>One write of a batch.</summary>
internal sealed class BatchWrite(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
{
    public ReadOnlyMemory<byte> Key => key;

    public ReadOnlyMemory<byte>? Value => value;

    public bool IsPut => value is not null;

    /// <summary>Whether it changed anything.</summary>
    public bool IsApplied { get; set; }
}
