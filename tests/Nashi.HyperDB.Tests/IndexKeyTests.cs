using CsCheck;
using Nashi.Encoding;

namespace Nashi.HyperDB.Tests;

/// <summary>Keys sort as their values do, and read back.</summary>
public sealed class IndexKeyTests
{
    private const long Max = (long)CompactReader.MaxUInt;

    private static readonly Gen<long> Numbers = Gen.OneOf(Gen.Long[-Max, Max], Gen.Long[-70000, 70000], Gen.Long[-300, 300], Gen.OneOf(new long[] { -Max, Max, -0x100000000, -0xffffffff, -0x10000, -0xffff, -0x100, 0xf6, 0xf7, 0xffff, 0x10000, 0xffffffff, 0x100000000 }.Select(Gen.Const).ToArray()));

    [Fact]
    public void IndexKeyWriter_OfSignedNumbers_SortsAndReadsBack()
        => Gen.Select(Numbers, Numbers).Sample((a, b) =>
        {
            var (x, y) = (Key(w => w.WriteInt(a)), Key(w => w.WriteInt(b)));
            Assert.Equal(Math.Sign(a.CompareTo(b)), Math.Sign(x.AsSpan().SequenceCompareTo(y)));
            var reader = new IndexKeyReader(x, 7);
            Assert.Equal(a, reader.ReadInt(long.MinValue, long.MaxValue));
            Assert.True(reader.IsEmpty && !reader.Failed);
        });

    [Fact]
    public void IndexKeyWriter_OfTextAndBytes_SortsAndReadsBack()
        => Gen.Select(Gen.Byte[0, 3].Array[0, 6], Gen.Byte[0, 3].Array[0, 6], Gen.ULong[0, 300]).Sample((a, b, n) =>
        {
            byte[] x = Key(w => { w.WriteBytes(a); w.WriteUInt(n); }), y = Key(w => w.WriteBytes(b));
            if (!a.AsSpan().SequenceEqual(b)) Assert.Equal(Math.Sign(a.AsSpan().SequenceCompareTo(b)), Math.Sign(x.AsSpan().SequenceCompareTo(y)));
            var reader = new IndexKeyReader(x, 7);
            Assert.Equal(a, reader.ReadBytes().ToArray());
            Assert.Equal(n, reader.ReadUInt(ulong.MaxValue));
            Assert.True(reader.IsEmpty && !reader.Failed);
        });

    [Theory]
    [InlineData("")]
    [InlineData("08")]
    [InlineData("07")]
    [InlineData("0700")]
    [InlineData("07000003")]
    [InlineData("0700ff0001")]
    public void IndexKeyReader_OfBadBytes_Fails(string hex)
    {
        var reader = new IndexKeyReader(Convert.FromHexString(hex), 7);
        _ = reader.ReadString();
        Assert.True(reader.Failed);
        Assert.Equal(0UL, reader.ReadUInt(ulong.MaxValue));
        Assert.Equal(default, reader.ReadDate().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks);
    }

    private static byte[] Key(Action<IndexKeyWriter> write)
    {
        var writer = new IndexKeyWriter(7);
        write(writer);
        return writer.ToArray();
    }
}
