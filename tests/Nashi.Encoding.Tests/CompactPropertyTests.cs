using System.Buffers;
using CsCheck;

namespace Nashi.Encoding.Tests;

/// <summary>Whatever a stranger sends, reading ends with a value or a refusal.</summary>
public sealed class CompactPropertyTests
{
    private static readonly Gen<ulong> UInt = Gen.ULong[0, CompactReader.MaxUInt];

    [Fact]
    public void UInt_Any_RoundTripsInShortestForm() => UInt.Sample(value =>
    {
        Span<byte> bytes = stackalloc byte[9];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(value);
        var reader = new CompactReader(bytes[..writer.Written]);
        return writer.Written == CompactSize.UInt(value) && reader.TryReadUInt(out var read) && read == value && reader.IsEmpty;
    });

    [Fact]
    public void UInt_NonMinimal_Accepted()
    {
        var reader = new CompactReader([0xfd, 0x01, 0x00]);
        Assert.True(reader.TryReadUInt(out var value));
        Assert.Equal(1UL, value);
    }

    [Fact]
    public void UInt_AboveSafeRange_Refused()
    {
        var reader = new CompactReader([0xff, 0, 0, 0, 0, 0, 0, 0x20, 0]);
        Assert.False(reader.TryReadUInt(out _));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CompactWriter(new byte[9]).WriteUInt(1UL << 53));
    }

    [Fact]
    public void LexInt_Any_KeepsOrderAndHighBits() => Gen.Select(UInt, UInt).Sample((a, b) =>
    {
        var (x, y) = (Lex(a), Lex(b));
        var reader = new CompactReader(x);
        var tolerance = a >> 43;
        return reader.TryReadLexInt(out var back) && a - back <= tolerance
            && (a == b || x.AsSpan().SequenceCompareTo(y) == 0 || (a < b) == (x.AsSpan().SequenceCompareTo(y) < 0));
    });

    [Fact]
    public void EveryReader_RandomBytes_NeverThrows() => Gen.Byte.Array[0, 64].Sample(bytes =>
    {
        for (var kind = 0; kind < Readers.Length; kind++)
        {
            var reader = new CompactReader(bytes);
            while (Readers[kind](ref reader) && !reader.IsEmpty)
            {
            }
        }
    });

    [Fact]
    public void TryReadArrayLength_MoreThanTheBytesHold_Refused()
    {
        var reader = new CompactReader([0xfe, 0xff, 0xff, 0x0f, 0x00, 1, 2, 3]);
        Assert.False(reader.TryReadArrayLength(1, out _));
    }

    [Fact]
    public void Any_RandomValue_RoundTrips() => Value(3).Sample(value =>
    {
        var output = new ArrayBufferWriter<byte>();
        value.Write(output);
        var reader = new CompactReader(output.WrittenSpan);
        if (!CompactValue.TryRead(ref reader, out var back) || !reader.IsEmpty) return false;
        var again = new ArrayBufferWriter<byte>();
        back.Write(again);
        return output.WrittenSpan.SequenceEqual(again.WrittenSpan);
    });

    [Fact]
    public void ZBase32_Any_RoundTrips() => Gen.Byte.Array[0, 80].Sample(bytes =>
    {
        var back = new byte[bytes.Length];
        return ZBase32.TryDecode(ZBase32.Encode(bytes), back) && back.AsSpan().SequenceEqual(bytes);
    });

    [Fact]
    public void TryParse_RandomText_NeverThrows() => Gen.String[0, 70].Sample(text => { _ = Id32.TryParse<PublicKey>(text, out _); });

    [Fact]
    public void Read_HotPath_AllocatesNothing()
    {
        var bytes = new byte[] { 5, 3, 1, 2, 3, 0xfd, 1, 1 };
        ReadOnce(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) ReadOnce(bytes);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private delegate bool Reader(ref CompactReader reader);

    private static readonly Reader[] Readers =
    [
        (ref r) => r.TryReadUInt(out _),
        (ref r) => r.TryReadInt(out _),
        (ref r) => r.TryReadInt32(out _),
        (ref r) => r.TryReadBuffer(out _),
        (ref r) => r.TryReadString(1000, out _),
        (ref r) => r.TryReadFixed32(out _),
        (ref r) => r.TryReadBigUInt(4, out _),
        (ref r) => r.TryReadBigInt(4, out _),
        (ref r) => r.TryReadBitArray(out _, out _),
        (ref r) => r.TryReadElements(4, out _, out _),
        (ref r) => r.TryReadElements(8, out _, out _),
        (ref r) => r.TryReadDate(out _),
        (ref r) => r.TryReadLexInt(out _),
        (ref r) => r.TryReadIPv4Address(out _, out _),
        (ref r) => r.TryReadIPv6Address(out _, out _),
        (ref r) => r.TryReadFloat32(out _),
        (ref r) => r.TryReadUInt24(out _),
        (ref r) => r.TryReadFixedInt(7, out _),
        (ref r) => CompactValue.TryRead(ref r, out _),
    ];

    private static void ReadOnce(byte[] bytes)
    {
        var reader = new CompactReader(bytes);
        Assert.True(reader.TryReadUInt(out _) && reader.TryReadBuffer(out _) && reader.TryReadUInt(out _) && reader.IsEmpty);
    }

    private static byte[] Lex(ulong value)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        writer.WriteLexInt(value);
        return output.WrittenSpan.ToArray();
    }

    private static Gen<CompactValue> Value(int depth)
    {
        var scalar = Gen.OneOf(
            Gen.Const(CompactValue.Null),
            Gen.Bool.Select(CompactValue.From),
            Gen.String[Gen.Char.AlphaNumeric, 0, 9].Select(CompactValue.From),
            Gen.Byte.Array[0, 9].Select(CompactValue.From),
            UInt.Select(CompactValue.From),
            Gen.Int.Select(i => CompactValue.From((long)i)),
            Gen.Double.Select(CompactValue.From));
        if (depth == 0) return scalar;
        var inner = Value(depth - 1);
        return Gen.OneOf(
            scalar,
            inner.Array[0, 4].Select(CompactValue.FromElements),
            Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 5], inner).Array[0, 4]
                .Select(pairs => CompactValue.FromProperties(pairs.Select(p => KeyValuePair.Create(p.Item1, p.Item2)))));
    }
}
