using System.Buffers.Binary;
using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>The keys of a store. Each method writes to a span of at least <see cref="MaxSize"/> bytes and returns the part it took.</summary>
/// <remarks>Spec: data.md §4.3.</remarks>
internal static class StorageKeys
{
    /// <summary>Enough for every key without text in it.</summary>
    public const int MaxSize = 48;

    /// <summary>The longest key of a "local" record.</summary>
    public const int MaxLocalKeySize = 2048;

    /// <summary>As an index: the end of an open range.</summary>
    public const ulong End = ulong.MaxValue;

    private const byte HeadSpace = 0;
    private const byte CoreByDiscoveryKey = 1;
    private const byte CoreByAlias = 2;
    private const byte CoreSpace = 3;
    private const byte DataSpace = 4;
    private const byte GroupByTopic = 5;
    private const byte GroupSpace = 6;

    public static ReadOnlySpan<byte> Head => [HeadSpace];

    public static ReadOnlySpan<byte> CoresStart => [CoreByDiscoveryKey];

    public static ReadOnlySpan<byte> CoresEnd => [CoreByDiscoveryKey + 1];

    public static ReadOnlySpan<byte> AliasesStart => [CoreByAlias];

    public static ReadOnlySpan<byte> AliasesEnd => [CoreByAlias + 1];

    public static ReadOnlySpan<byte> Core(Span<byte> to, scoped in DiscoveryKey discoveryKey) => Fixed(to, CoreByDiscoveryKey, discoveryKey.Value);

    public static ReadOnlySpan<byte> Topic(Span<byte> to, scoped in Topic topic) => Fixed(to, GroupByTopic, topic.Value);

    /// <summary>The key of a named core, in a new array: names have any length.</summary>
    public static byte[] Alias(CoreAlias alias)
    {
        var name = System.Text.Encoding.UTF8.GetBytes(alias.Name);
        var key = new byte[1 + Bytes32.Size + IndexEncoder.MaxBytesSize(name.Length)];
        Fixed(key, CoreByAlias, alias.Namespace);
        var length = 1 + Bytes32.Size + IndexEncoder.WriteBytes(key.AsSpan(1 + Bytes32.Size), name);
        return key[..length];
    }

    /// <summary>Where the aliases of a namespace start or end.</summary>
    public static ReadOnlySpan<byte> AliasesOf(Span<byte> to, scoped in Bytes32 space, bool end)
    {
        var start = Fixed(to, CoreByAlias, space);
        if (!end) return start;
        to[start.Length] = IndexEncoder.Infinity;
        return to[..(start.Length + 1)];
    }

    public static bool TryReadAlias(ReadOnlySpan<byte> key, out CoreAlias alias)
    {
        alias = default;
        if (key.Length < 1 + Bytes32.Size || key[0] != CoreByAlias) return false;
        var rest = key[(1 + Bytes32.Size)..];
        if (!IndexEncoder.TryReadBytes(ref rest, out var name) || !rest.IsEmpty) return false;
        alias = new CoreAlias(System.Text.Encoding.UTF8.GetString(name), new Bytes32(key.Slice(1, Bytes32.Size)));
        return true;
    }

    public static bool TryReadDiscoveryKey(ReadOnlySpan<byte> key, out DiscoveryKey discoveryKey)
    {
        var ok = key.Length == 1 + Bytes32.Size && key[0] == CoreByDiscoveryKey;
        discoveryKey = ok ? new DiscoveryKey(key[1..]) : default;
        return ok;
    }

    public static ReadOnlySpan<byte> Of(Span<byte> to, ulong corePointer, CoreRecord record) => Pointed(to, CoreSpace, corePointer, (byte)record);

    public static ReadOnlySpan<byte> Of(Span<byte> to, ulong dataPointer, DataRecord record) => Pointed(to, DataSpace, dataPointer, (byte)record);

    /// <summary>An indexed record: block, tree node or mark page.</summary>
    public static ReadOnlySpan<byte> Of(Span<byte> to, ulong dataPointer, DataRecord record, ulong index)
    {
        var at = Pointed(to, DataSpace, dataPointer, (byte)record).Length;
        return to[..(at + WriteIndex(to[at..], index))];
    }

    /// <summary>A page of the bitfield; the trailing zero is its type, of which there is only one.</summary>
    public static ReadOnlySpan<byte> Bitfield(Span<byte> to, ulong dataPointer, ulong page)
    {
        var at = Of(to, dataPointer, DataRecord.Bitfield, page).Length;
        to[at++] = 0;
        return to[..at];
    }

    /// <summary>A piece of user data, in a new array: names have any length.</summary>
    public static byte[] UserData(ulong dataPointer, string name)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(name);
        var key = new byte[MaxSize + IndexEncoder.MaxBytesSize(text.Length)];
        var at = Of(key, dataPointer, DataRecord.UserData).Length;
        return key[..(at + IndexEncoder.WriteBytes(key.AsSpan(at), text))];
    }

    /// <summary>A "local" record, in a new array.</summary>
    public static byte[] Local(ulong dataPointer, ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxLocalKeySize) throw new ArgumentException($"A local key has at most {MaxLocalKeySize} bytes.", nameof(name));
        Span<byte> start = stackalloc byte[MaxSize];
        return [.. Of(start, dataPointer, DataRecord.Local), .. name];
    }

    public static ReadOnlySpan<byte> Group(Span<byte> to, ulong group, ulong timestamp, ulong corePointer)
    {
        to[0] = GroupSpace;
        var at = 1 + IndexEncoder.WriteUInt(to[1..], group);
        BinaryPrimitives.WriteUInt64BigEndian(to[at..], timestamp);
        at += sizeof(ulong);
        return to[..(at + IndexEncoder.WriteUInt(to[at..], corePointer))];
    }

    /// <summary>What follows the record kind in a data key: index, page or name.</summary>
    public static bool TrySplit(ReadOnlySpan<byte> key, out DataRecord record, out ReadOnlySpan<byte> rest)
    {
        record = default;
        rest = default;
        if (key.IsEmpty || key[0] != DataSpace) return false;
        rest = key[1..];
        if (!IndexEncoder.TryReadUInt(ref rest, out _) || !IndexEncoder.TryReadUInt(ref rest, out var kind) || kind > (ulong)DataRecord.Mark) return false;
        record = (DataRecord)kind;
        return true;
    }

    private static ReadOnlySpan<byte> Fixed(Span<byte> to, byte space, scoped in Bytes32 value)
    {
        to[0] = space;
        value.AsSpan().CopyTo(to[1..]);
        return to[..(1 + Bytes32.Size)];
    }

    private static ReadOnlySpan<byte> Pointed(Span<byte> to, byte space, ulong pointer, byte record)
    {
        to[0] = space;
        var at = 1 + IndexEncoder.WriteUInt(to[1..], pointer);
        to[at++] = record;
        return to[..at];
    }

    private static int WriteIndex(Span<byte> to, ulong index)
    {
        if (index != End) return IndexEncoder.WriteUInt(to, index);
        to[0] = IndexEncoder.Infinity;
        return 1;
    }
}
