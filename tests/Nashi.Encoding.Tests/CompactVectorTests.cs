using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Encoding.Tests;

/// <summary>Every type of the format against bytes that the reference printed, both ways.</summary>
public sealed class CompactVectorTests
{
    private static readonly JsonElement All = Vectors.Load("encoding");

    private delegate void Write<T>(ref CompactWriter writer, T value);

    private delegate bool Read<T>(ref CompactReader reader, out T value);

    [Fact]
    public void UInt_Reference_Same() =>
        Check("uint", e => e.GetUInt64(), (ref CompactWriter w, ulong v) => w.WriteUInt(v), (ref CompactReader r, out ulong v) => r.TryReadUInt(out v));

    [Fact]
    public void Int_Reference_Same() =>
        Check("int", e => e.GetInt64(), (ref CompactWriter w, long v) => w.WriteInt(v), (ref CompactReader r, out long v) => r.TryReadInt(out v));

    [Fact]
    public void LexInt_Reference_Same() =>
        Check("lexint", e => e.GetUInt64(), (ref CompactWriter w, ulong v) => w.WriteLexInt(v), (ref CompactReader r, out ulong v) => r.TryReadLexInt(out v));

    [Fact]
    public void UInt64BigEndian_Reference_Same() => Check(
        "uint64be",
        e => e.GetUInt64(),
        (ref CompactWriter w, ulong v) => w.WriteUInt64BigEndian(v),
        (ref CompactReader r, out ulong v) => r.TryReadUInt64BigEndian(out v));

    [Fact]
    public void BigUInt_Reference_Same() => Check(
        "biguint",
        e => BigInteger.Parse(e.GetString()!),
        (ref CompactWriter w, BigInteger v) => w.WriteBigUInt(v),
        (ref CompactReader r, out BigInteger v) => r.TryReadBigUInt(4, out v));

    [Fact]
    public void BigInt_Reference_Same() => Check(
        "bigint",
        e => BigInteger.Parse(e.GetString()!),
        (ref CompactWriter w, BigInteger v) => w.WriteBigInt(v),
        (ref CompactReader r, out BigInteger v) => r.TryReadBigInt(4, out v));

    [Fact]
    public void Float64_Reference_Same() => Check(
        "float64", e => e.GetDouble(), (ref CompactWriter w, double v) => w.WriteFloat64(v), (ref CompactReader r, out double v) => r.TryReadFloat64(out v));

    [Fact]
    public void Float32_Reference_Same() => Check(
        "float32", e => e.GetSingle(), (ref CompactWriter w, float v) => w.WriteFloat32(v), (ref CompactReader r, out float v) => r.TryReadFloat32(out v));

    [Fact]
    public void Bool_Reference_Same() => Check(
        "bool", e => e.GetBoolean(), (ref CompactWriter w, bool v) => w.WriteBool(v), (ref CompactReader r, out bool v) => r.TryReadBool(out v));

    [Fact]
    public void String_Reference_Same() => Check(
        "string", e => e.GetString()!, (ref CompactWriter w, string v) => w.WriteString(v), (ref CompactReader r, out string v) => r.TryReadString(1000, out v));

    [Fact]
    public void Date_Reference_Same() => Check(
        "date",
        e => DateTimeOffset.FromUnixTimeMilliseconds(e.GetInt64()),
        (ref CompactWriter w, DateTimeOffset v) => w.WriteDate(v),
        (ref CompactReader r, out DateTimeOffset v) => r.TryReadDate(out v));

    [Fact]
    public void Buffer_Reference_Same() => Check(
        "buffer",
        e => Hexed(e.GetString()!),
        (ref CompactWriter w, string v) => w.WriteBuffer(Convert.FromHexString(v)),
        (ref CompactReader r, out string v) => Taken(r.TryReadBuffer(out var bytes), bytes, out v));

    [Fact]
    public void FixedWidths_Reference_Same()
    {
        foreach (var vector in All.GetProperty("fixed").EnumerateArray())
        {
            var (size, value, bytes) = (vector.GetProperty("size").GetInt32(), vector.GetProperty("value").GetUInt64(), vector.Bytes("hex"));
            Assert.Equal(bytes, Written((ref CompactWriter w, ulong v) => w.WriteFixedUInt(v, size), value));
            var reader = new CompactReader(bytes);
            Assert.True(reader.TryReadFixedUInt(size, out var read) && read == value && reader.IsEmpty);
        }

        foreach (var vector in All.GetProperty("fixedInt").EnumerateArray())
        {
            var (size, value, bytes) = (vector.GetProperty("size").GetInt32(), vector.GetProperty("value").GetInt64(), vector.Bytes("hex"));
            Assert.Equal(bytes, Written((ref CompactWriter w, long v) => w.WriteFixedInt(v, size), value));
            var reader = new CompactReader(bytes);
            Assert.True(reader.TryReadFixedInt(size, out var read) && read == value && reader.IsEmpty);
        }
    }

    [Fact]
    public void BitArray_Reference_Same()
    {
        foreach (var vector in All.GetProperty("bitarray").EnumerateArray())
        {
            var flags = vector.GetProperty("value").EnumerateArray().Select(e => e.GetBoolean()).ToArray();
            var bits = new byte[(flags.Length + 7) / 8];
            for (var i = 0; i < flags.Length; i++) bits[i / 8] |= (byte)((flags[i] ? 1 : 0) << (i % 8));
            Assert.Equal(vector.Bytes("hex"), Written((ref CompactWriter w, int count) => w.WriteBitArray(count, bits), flags.Length));
            var reader = new CompactReader(vector.Bytes("hex"));
            Assert.True(reader.TryReadBitArray(out var count, out var read) && count == flags.Length && read.SequenceEqual(bits));
        }
    }

    [Fact]
    public void TypedArray_Reference_Same()
    {
        var vector = All.GetProperty("uint32array")[0];
        var values = vector.GetProperty("value").EnumerateArray().Select(e => e.GetUInt32()).ToArray();
        Assert.Equal(vector.Bytes("hex"), Written((ref CompactWriter w, uint[] v) => w.WriteElements(4, MemoryMarshal.AsBytes<uint>(v)), values));
        var reader = new CompactReader(vector.Bytes("hex"));
        Assert.True(reader.TryReadElements(4, out var count, out var bytes) && count == values.Length);
        Assert.Equal(values, MemoryMarshal.Cast<byte, uint>(bytes).ToArray());
    }

    [Fact]
    public void Addresses_Reference_Same()
    {
        foreach (var vector in All.GetProperty("ipv4Address").EnumerateArray().Concat(All.GetProperty("ipv6Address").EnumerateArray()))
        {
            var host = System.Net.IPAddress.Parse(vector.GetProperty("host").GetString()!).GetAddressBytes();
            var port = vector.GetProperty("port").GetUInt16();
            Assert.Equal(vector.Bytes("hex"), Written((ref CompactWriter w, ushort p) => w.WriteIPAddress(host, p), port));
            var reader = new CompactReader(vector.Bytes("hex"));
            var ok = host.Length == 4 ? reader.TryReadIPv4Address(out var address, out var read) : reader.TryReadIPv6Address(out address, out read);
            Assert.True(ok && read == port && address.SequenceEqual(host));
        }
    }

    [Fact]
    public void Any_Reference_ReadsAndWritesBack()
    {
        foreach (var vector in All.GetProperty("any").EnumerateArray())
        {
            var reader = new CompactReader(vector.Bytes("hex"));
            Assert.True(CompactValue.TryRead(ref reader, out var value));
            Assert.True(reader.IsEmpty);
            AssertEqual(vector.GetProperty("value"), value);
            var output = new ArrayBufferWriter<byte>();
            value.Write(output);
            Assert.Equal(vector.Bytes("hex"), output.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void Any_NestedTooDeep_RefusedWithoutRecursion()
    {
        var bytes = new byte[200_000];
        for (var i = 0; i < bytes.Length; i += 2) (bytes[i], bytes[i + 1]) = (7, 1);
        var reader = new CompactReader(bytes);
        Assert.False(CompactValue.TryRead(ref reader, out _));
    }

    [Fact]
    public void LexInt_WindowTheReferenceBreaks_ReadsBackAndKeepsOrder()
    {
        var before = Written((ref CompactWriter w, ulong v) => w.WriteLexInt(v), 0xffffffffUL);
        foreach (var value in new[] { 0x100000000UL, 0x100000000UL + 250 })
        {
            var bytes = Written((ref CompactWriter w, ulong v) => w.WriteLexInt(v), value);
            var reader = new CompactReader(bytes);
            Assert.True(reader.TryReadLexInt(out var read));
            Assert.Equal(value, read);
            Assert.True(before.AsSpan().SequenceCompareTo(bytes) < 0);
            before = bytes;
        }
    }

    [Fact]
    public void Ids_Reference_SameText()
    {
        foreach (var vector in All.GetProperty("z32").EnumerateArray())
        {
            var key = new PublicKey(vector.Bytes("value"));
            Assert.Equal(vector.GetProperty("z32").GetString(), key.ToString());
            Assert.Equal(key, Id32.Parse<PublicKey>(key.ToString()));
            Assert.Equal(key, Id32.Parse<PublicKey>(vector.GetProperty("value").GetString()));
        }
    }

    private static void AssertEqual(JsonElement expected, CompactValue actual)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Null:
                Assert.Equal(CompactValueKind.Null, actual.Kind);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                Assert.Equal(expected.GetBoolean(), actual.AsBool());
                break;
            case JsonValueKind.String:
                Assert.Equal(expected.GetString(), actual.AsString());
                break;
            case JsonValueKind.Array:
                Assert.Equal(expected.GetArrayLength(), actual.Elements.Count);
                foreach (var (e, a) in expected.EnumerateArray().Zip(actual.Elements)) AssertEqual(e, a);
                break;
            case JsonValueKind.Object:
                Assert.Equal(expected.EnumerateObject().Select(p => p.Name), actual.Properties.Select(p => p.Key));
                foreach (var (e, a) in expected.EnumerateObject().Zip(actual.Properties)) AssertEqual(e.Value, a.Value);
                break;
            default:
                var number = actual.Kind switch
                {
                    CompactValueKind.UInt => actual.AsUInt(),
                    CompactValueKind.Int => actual.AsInt(),
                    _ => actual.AsFloat(),
                };
                Assert.Equal(expected.GetDouble(), number);
                break;
        }
    }

    private static void Check<T>(string area, Func<JsonElement, T> parse, Write<T> write, Read<T> read)
    {
        foreach (var vector in All.GetProperty(area).EnumerateArray())
        {
            var (value, bytes) = (parse(vector.GetProperty("value")), vector.Bytes("hex"));
            Assert.Equal(bytes, Written(write, value));
            var reader = new CompactReader(bytes);
            Assert.True(read(ref reader, out var back), $"{area} {value}");
            Assert.Equal(value, back);
            Assert.True(reader.IsEmpty);
            for (var cut = 0; cut < bytes.Length; cut++)
            {
                var truncated = new CompactReader(bytes.AsSpan(0, cut));
                Assert.False(read(ref truncated, out _), $"{area} {value} cut at {cut}");
            }
        }
    }

    private static byte[] Written<T>(Write<T> write, T value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        write(ref writer, value);
        Assert.Equal(writer.Written, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    private static string Hexed(string hex) => hex;

    private static bool Taken(bool ok, ReadOnlySpan<byte> bytes, out string hex)
    {
        hex = Hex.Encode(bytes);
        return ok;
    }
}
