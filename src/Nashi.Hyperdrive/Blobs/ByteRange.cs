namespace Nashi.Hyperdrive;

/// <summary>A part of a file.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many bytes at most; all that follow when absent.</param>
public readonly record struct ByteRange(ulong Start, ulong? Length = null)
{
    /// <summary>The whole file.</summary>
    public static ByteRange All => default;

    /// <summary>Whether this is the whole file.</summary>
    public bool IsAll => Start == 0 && Length is null;

    internal ulong EndWithin(ulong size) => Length is { } length && length < size - Math.Min(Start, size) ? Start + length : size;
}
