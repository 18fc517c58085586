namespace Nashi.Hyperbee.Tree;

/// <summary>The bytes between which keys lie, with the prefix of a sub-database applied.</summary>
internal readonly record struct KeyBounds(ReadOnlyMemory<byte>? Low, bool LowIncluded, ReadOnlyMemory<byte>? High, bool HighIncluded)
{
    public static KeyBounds Of(BeeRange range, ReadOnlyMemory<byte> prefix)
    {
        var (low, lowIncluded) = range.GreaterThan is { } above ? (Prefixed(prefix, above), false)
            : range.AtLeast is { } from ? (Prefixed(prefix, from), true)
            : prefix.IsEmpty ? (null, true) : (prefix, true);
        var (high, highIncluded) = range.LessThan is { } below ? (Prefixed(prefix, below), false)
            : range.AtMost is { } to ? (Prefixed(prefix, to), true)
            : (After(prefix), false);
        return new KeyBounds(low, lowIncluded, high, highIncluded);
    }

    public bool IsBelow(ReadOnlySpan<byte> key)
    {
        if (Low is not { } low) return false;
        var order = key.SequenceCompareTo(low.Span);
        return LowIncluded ? order < 0 : order <= 0;
    }

    public bool IsAbove(ReadOnlySpan<byte> key)
    {
        if (High is not { } high) return false;
        var order = key.SequenceCompareTo(high.Span);
        return HighIncluded ? order > 0 : order >= 0;
    }

    private static ReadOnlyMemory<byte>? Prefixed(ReadOnlyMemory<byte> prefix, ReadOnlyMemory<byte> key)
        => prefix.IsEmpty ? key : (byte[])[.. prefix.Span, .. key.Span];

    // The first key that no longer starts with the prefix; none when the prefix is empty or all 0xff.
    private static ReadOnlyMemory<byte>? After(ReadOnlyMemory<byte> prefix)
    {
        var end = prefix.ToArray();
        for (var i = end.Length - 1; i >= 0; i--)
        {
            if (++end[i] != 0) return end.AsMemory(0, i + 1);
        }

        return null;
    }
}
