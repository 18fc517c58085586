using Nashi.Hyperbee;

namespace Nashi.HyperDB;

/// <summary>Turns a range of typed keys into one of bytes. Source: data.md §1.2.</summary>
internal static class KeyBounds
{
    /// <summary>A missing bound is that of the collection's or index's own keys.</summary>
    public static BeeRange Of<TKey>(ulong id, Func<IndexKeyWriter, TKey, bool> writeKey, KeyRange<TKey> range)
        where TKey : struct
    {
        var (after, from) = (Encode(id, writeKey, range.GreaterThan, open: true), Encode(id, writeKey, range.AtLeast ?? range.Under, open: false));
        var (before, to) = (Encode(id, writeKey, range.LessThan, open: false), Encode(id, writeKey, range.AtMost ?? range.Under, open: true));
        return new BeeRange
        {
            GreaterThan = after,
            AtLeast = from ?? (after is null ? Prefix(id) : default(ReadOnlyMemory<byte>?)),
            LessThan = before ?? (to is null ? Prefix(id + 1) : default(ReadOnlyMemory<byte>?)),
            AtMost = to,
            Reverse = range.Reverse,
            Limit = range.Limit,
        };
    }

    public static byte[] Whole<TKey>(string name, ulong id, Func<IndexKeyWriter, TKey, bool> writeKey, TKey key)
    {
        var writer = new IndexKeyWriter(id);
        return writeKey(writer, key) ? writer.ToArray() : throw HyperDBException.PartialKey(name);
    }

    public static bool Contains(BeeRange range, ReadOnlySpan<byte> key)
    {
        if (range.GreaterThan is { } gt && key.SequenceCompareTo(gt.Span) <= 0) return false;
        if (range.AtLeast is { } gte && key.SequenceCompareTo(gte.Span) < 0) return false;
        if (range.LessThan is { } lt && key.SequenceCompareTo(lt.Span) >= 0) return false;
        return range.AtMost is not { } lte || key.SequenceCompareTo(lte.Span) <= 0;
    }

    private static ReadOnlyMemory<byte> Prefix(ulong id) => new IndexKeyWriter(id).ToArray();

    // A start of keys takes all keys that begin with it along when the bound is on their far side.
    private static ReadOnlyMemory<byte>? Encode<TKey>(ulong id, Func<IndexKeyWriter, TKey, bool> writeKey, TKey? key, bool open)
        where TKey : struct
    {
        if (key is not { } given) return null;
        var writer = new IndexKeyWriter(id);
        if (!writeKey(writer, given) && open) writer.WriteInfinity();
        return writer.ToArray();
    }
}
