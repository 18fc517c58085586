using Nashi.HyperDB.Tests.V2;
using Nashi.Hyperschema;

namespace Nashi.HyperDB.Tests;

/// <summary>Bytes that mean harm, and values that cannot be written.</summary>
public sealed class SchemaHostileTests
{
    [Fact]
    public void Tree_DeeperThanAllowed_IsNeitherReadNorWritten()
    {
        Tree? tree = null;
        byte[] bytes = [];
        for (var depth = 1; depth <= SchemaReader.MaxDepth + 1; depth++)
        {
            tree = new Tree { Value = 1, Left = tree };
            bytes = bytes.Length == 0 ? [1, 0] : [1, 1, .. Length(bytes.Length), .. bytes];
            var isAllowed = depth <= SchemaReader.MaxDepth;
            Assert.Equal(isAllowed, Tree.Codec.TryDecode(bytes, out _));
            if (isAllowed) Assert.Equal(bytes, Tree.Codec.Encode(tree));
        }

        Assert.Equal("ENCODING_ERROR", Assert.Throws<HyperschemaException>(() => Tree.Codec.Encode(tree!)).Code);
    }

    [Fact]
    public void List_ThatAnnouncesMoreThanIsThere_AllocatesNothing()
    {
        byte[] bytes = [0xfe, 0, 0, 0x10, 0, 1, 2];
        _ = Schema.PointsCodec.TryDecode(bytes, out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.False(Schema.PointsCodec.TryDecode(bytes, out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 4096);
    }

    [Fact]
    public void Enum_NumberWithoutAName_IsKeptWhenReadAndRefusedWhenWritten()
    {
        Assert.Equal((Color)9, Schema.ColorCodec.Decode([9]));
        Assert.Equal("ENCODING_ERROR", Assert.Throws<HyperschemaException>(() => Schema.ColorCodec.Encode((Color)9)).Code);
        Assert.False(Schema.ColorCodec.TryDecode([0xff, 0, 0, 0, 0, 1, 0, 0, 0], out _));
    }

    [Fact]
    public void Codec_OfBytesThatAreNone_SaysWhichType()
    {
        var error = Assert.Throws<HyperschemaException>(() => Member.Codec.Decode([5]));
        Assert.Equal("DECODING_ERROR", error.Code);
        Assert.Contains("@demo/member", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FixedField_OfAnotherLength_IsRefused()
        => Assert.Equal("ENCODING_ERROR", Assert.Throws<HyperschemaException>(() => OptionalSecond.Codec.Encode(new OptionalSecond { TheFixed64 = new byte[63] })).Code);

    [Theory]
    [InlineData("{\"a\":\"\\ud800\"}", false)]
    [InlineData("{\"a\":\"\\ud83d\\ude00\"}", true)]
    [InlineData("{\"a\":1,}", false)]
    [InlineData("", false)]
    [InlineData("null", true)]
    public void Json_ThatIsNoText_IsRefused(string json, bool isValid)
    {
        using var writer = new SchemaWriter(1);
        writer.WriteString(json);
        var reader = new SchemaReader(writer.ToArray(), 1);
        _ = reader.ReadJson();
        Assert.Equal(!isValid, reader.Failed);
    }

    private static byte[] Length(int length) => length <= 0xfc ? [(byte)length] : [0xfd, (byte)length, (byte)(length >> 8)];
}
