using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Nashi.Encoding;

namespace Nashi.Hyperschema;

public sealed partial class SchemaWriter
{
    /// <summary>Writes a value with its length before it.</summary>
    public void WriteFrame<T>(T value, SchemaWrite<T> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var start = _written;
        write(this, value);
        var length = _written - start;
        var prefix = CompactSize.UInt((ulong)length);
        Reserve(prefix);
        // The length is known only now: what was written moves to make room for it.
        _buffer.AsSpan(start, length).CopyTo(_buffer.AsSpan(start + prefix));
        var size = new CompactWriter(_buffer.AsSpan(start, prefix));
        size.WriteUInt((ulong)length);
        _written += prefix;
    }

    /// <summary>Writes a list.</summary>
    public void WriteArray<T>(IReadOnlyList<T> items, SchemaWrite<T> write)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(write);
        if (items.Count > CompactReader.MaxArrayLength) throw HyperschemaException.Unencodable("array", $"it has more than {CompactReader.MaxArrayLength} elements");
        WriteUInt((ulong)items.Count);
        foreach (var item in items) write(this, item);
    }

    /// <summary>Writes a list of booleans, eight to a byte.</summary>
    public void WriteBoolArray(IReadOnlyList<bool> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var bits = new byte[(items.Count + 7) / 8];
        for (var i = 0; i < items.Count; i++) bits[i >> 3] |= items[i] ? (byte)(1 << (i & 7)) : (byte)0;
        Bytes.WriteBitArray(items.Count, bits);
    }

    /// <summary>Writes a map in the order in which JavaScript goes through an object: keys that are array indexes first, by number, then the others as they came.</summary>
    public void WriteMap<TKey, TValue>(IReadOnlyDictionary<TKey, TValue> map, SchemaWrite<TKey> writeKey, SchemaWrite<TValue> writeValue)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(writeKey);
        ArgumentNullException.ThrowIfNull(writeValue);
        WriteUInt((ulong)map.Count);
        foreach (var (key, value) in map.OrderBy(static pair => ArrayIndex(pair.Key)))
        {
            writeKey(this, key);
            writeValue(this, value);
        }
    }

    /// <summary>Writes a JSON value without white space.</summary>
    public void WriteJson(JsonElement value) => WriteString(SchemaJson.Print(value));

    /// <summary>Writes an IPv4 address.</summary>
    public void WriteIPv4(IPAddress value) => WriteAddress(value, AddressFamily.InterNetwork);

    /// <summary>Writes an IPv6 address.</summary>
    public void WriteIPv6(IPAddress value) => WriteAddress(value, AddressFamily.InterNetworkV6);

    /// <summary>Writes an address of either family, its family first.</summary>
    public void WriteIP(IPAddress value)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteFixedUInt(value.AddressFamily == AddressFamily.InterNetwork ? 4UL : 6UL, 1);
        WriteAddress(value, value.AddressFamily);
    }

    /// <summary>Writes an IPv4 address and a port.</summary>
    public void WriteIPv4Address(IPEndPoint value)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteIPv4(value.Address);
        WriteFixedUInt((ulong)value.Port, 2);
    }

    /// <summary>Writes an IPv6 address and a port.</summary>
    public void WriteIPv6Address(IPEndPoint value)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteIPv6(value.Address);
        WriteFixedUInt((ulong)value.Port, 2);
    }

    /// <summary>Writes an address of either family and a port.</summary>
    public void WriteIPAddress(IPEndPoint value)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteIP(value.Address);
        WriteFixedUInt((ulong)value.Port, 2);
    }

    private void WriteAddress(IPAddress value, AddressFamily family)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.AddressFamily != family) throw HyperschemaException.Unencodable("address", $"it is of family {value.AddressFamily}, not {family}");
        Bytes.WriteFixed(value.GetAddressBytes());
    }

    // The sort is stable, so all other keys keep their order.
    private static ulong ArrayIndex<TKey>(TKey key) => key switch
    {
        string text => IsArrayIndex(text, out var index) ? index : ulong.MaxValue,
        ulong or uint or ushort or byte => Convert.ToUInt64(key, System.Globalization.CultureInfo.InvariantCulture) is < uint.MaxValue and var index ? index : ulong.MaxValue,
        _ => ulong.MaxValue,
    };

    private static bool IsArrayIndex(string text, out ulong index)
    {
        index = 0;
        if (text.Length is 0 or > 10 || (text[0] == '0' && text.Length > 1)) return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c)) return false;
            index = (index * 10) + (ulong)(c - '0');
        }

        return index < uint.MaxValue;
    }
}
