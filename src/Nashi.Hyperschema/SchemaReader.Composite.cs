using System.Net;
using System.Text.Json;
using Nashi.Encoding;

namespace Nashi.Hyperschema;

public ref partial struct SchemaReader
{
    /// <summary>Reads a value inside a frame: bytes of the frame that the value does not take are skipped, for they are fields of a newer schema.</summary>
    public T ReadFrame<T>(SchemaRead<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (!Check(_bytes.TryReadBuffer(out var framed))) return default!;
        var outer = _bytes;
        _bytes = new CompactReader(framed);
        var value = read(ref this);
        _bytes = Failed ? default : outer;
        return value;
    }

    /// <summary>Reads a list whose elements take at least <paramref name="minSize"/> bytes each.</summary>
    public T[] ReadArray<T>(int minSize, SchemaRead<T> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var items = ReadCount(minSize) is > 0 and var count ? new T[count] : [];
        for (var i = 0; i < items.Length && !Failed; i++) items[i] = read(ref this);
        return items;
    }

    /// <summary>Reads a list of booleans, eight to a byte.</summary>
    public bool[] ReadBoolArray()
    {
        if (!Check(_bytes.TryReadBitArray(out var count, out var bits))) return [];
        var items = new bool[count];
        for (var i = 0; i < count; i++) items[i] = (bits[i >> 3] & (1 << (i & 7))) != 0;
        return items;
    }

    /// <summary>Reads a map in the order it was written; of a key that occurs twice the last value counts.</summary>
    public IReadOnlyDictionary<TKey, TValue> ReadMap<TKey, TValue>(SchemaRead<TKey> readKey, SchemaRead<TValue> readValue)
        where TKey : notnull
    {
        ArgumentNullException.ThrowIfNull(readKey);
        ArgumentNullException.ThrowIfNull(readValue);
        var map = new OrderedDictionary<TKey, TValue>();
        var count = ReadCount(minSize: 1);
        for (var i = 0; i < count && !Failed; i++)
        {
            var key = readKey(ref this);
            map[key] = readValue(ref this);
        }

        return map;
    }

    /// <summary>Reads a JSON value.</summary>
    public JsonElement ReadJson()
    {
        if (SchemaJson.TryParse(ReadSpan(), out var value)) return value;
        Fail();
        return default;
    }

    /// <summary>Reads an IPv4 address.</summary>
    public IPAddress ReadIPv4() => ReadAddress(4);

    /// <summary>Reads an IPv6 address.</summary>
    public IPAddress ReadIPv6() => ReadAddress(16);

    /// <summary>Reads an address of either family, its family first.</summary>
    public IPAddress ReadIP() => ReadAddress(ReadFixedUInt(1) == 4 ? 4 : 16);

    /// <summary>Reads an IPv4 address and a port.</summary>
    public IPEndPoint ReadIPv4Address() => new(ReadIPv4(), (int)ReadFixedUInt(2));

    /// <summary>Reads an IPv6 address and a port.</summary>
    public IPEndPoint ReadIPv6Address() => new(ReadIPv6(), (int)ReadFixedUInt(2));

    /// <summary>Reads an address of either family and a port.</summary>
    public IPEndPoint ReadIPAddress() => new(ReadIP(), (int)ReadFixedUInt(2));

    private IPAddress ReadAddress(int size) => Check(_bytes.TryReadFixed(size, out var bytes)) ? new IPAddress(bytes) : IPAddress.None;

    private int ReadCount(int minSize)
    {
        if (!Check(_bytes.TryReadArrayLength(minSize, out var count))) return 0;
        if (minSize > 0) return count;
        _freeElements -= count;
        return Check(_freeElements >= 0) ? count : 0;
    }
}
