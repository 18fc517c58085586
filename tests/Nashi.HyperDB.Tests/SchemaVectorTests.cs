using System.Numerics;
using System.Text.Json;
using Nashi.HyperDB.Tests.V2;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests;

/// <summary>Values that the reference printed become C# values, and those the same bytes.</summary>
public sealed class SchemaVectorTests
{
    private static JsonElement Vectors { get; } = TestKit.Vectors.Load("hyperschema");

    private static JsonElement Known => Vectors.GetProperty("known");

    [Fact]
    public void Codec_OfEveryType_WritesTheReferencesBytes()
    {
        foreach (var row in Vectors.GetProperty("random").EnumerateArray())
        {
            var type = row.GetProperty("type").GetString()!;
            Assert.Equal(Convert.ToHexStringLower(row.Bytes("v2")), Convert.ToHexStringLower(Codecs.All[type](row.Bytes("v2"), 2) ?? []));
            Assert.True(row.Bytes("v1").AsSpan().SequenceEqual(Codecs.All[type](row.Bytes("v1"), 1)), $"{type} as version 1");
        }

        Assert.Equal(Vectors.GetProperty("random").EnumerateArray().Select(row => row.GetProperty("type").GetString()).Distinct().Order(), Codecs.All.Keys.Order());
    }

    [Fact]
    public void OptionalNumbers_InTheFlags_EqualReference()
        => AssertBytes("numbers", OptionalNumbers.Codec.Encode(new() { TheBool = true, TheUint3 = 5, TheUint7 = 100, TheUint = 300 }));

    [Fact]
    public void Drawing_WithInlineStructs_EqualsReference()
    {
        var drawing = new Drawing
        {
            Name = "door",
            Frame = new Frame { Style = new Style { Bold = true, Weight = 3, Color = Color.Green, Font = "mono" }, Width = 9, Must = new Style { Weight = 7 } },
            Origin = new Point { X = -1, Y = 2 },
            Path = [new Point { X = 1, Y = 2, Z = -300 }],
            Layers = [new Layer { Title = "top", Visible = true, Moods = [Mood.SoSo, Mood.Happy] }],
            Scale = 0.5,
            Tags = ["a"],
        };
        AssertBytes("drawing", Drawing.Codec.Encode(drawing));
        Assert.Equal(drawing, Drawing.Codec.Decode(Known.Bytes("drawing")));
        Assert.Equal("drawing", drawing.Kind);
    }

    [Fact]
    public void CompactStruct_WithWideFlags_EqualsReference() => AssertBytes("wide", Wide.Codec.Encode(new Wide { TheUint7 = 65, TheString = "x" }));

    [Fact]
    public void Tree_OfItself_EqualsReference()
        => AssertBytes("tree", Tree.Codec.Encode(new Tree { Value = 1, Left = new Tree { Value = 2 }, More = [new Tree { Value = 3, Right = new Tree { Value = 4 } }] }));

    [Fact]
    public void VersionedType_OfBothVersions_EqualsReference()
    {
        AssertBytes("note", Schema.INoteCodec.Encode(new NoteV1 { Text = "n", At = 5 }));
        AssertBytes("oldNote", Schema.INoteCodec.Encode(new NoteV0 { Text = "n" }));
        Assert.Equal(new NoteV0 { Text = "n", Version = 1 }, Schema.INoteCodec.Decode(Known.Bytes("oldNote")));
    }

    [Fact]
    public void Map_WithKeysThatAreNumbers_IsWrittenInJavaScriptsOrder()
    {
        var places = new OrderedDictionary<string, Point>
        {
            ["b"] = new() { X = 1, Y = 1 },
            ["10"] = new() { X = 2, Y = 2 },
            ["9"] = new() { X = 3, Y = 3 },
            ["a"] = new() { X = 4, Y = 4 },
        };
        AssertBytes("places", Schema.PlacesCodec.Encode(places));
    }

    [Fact]
    public void List_OfBooleans_IsPacked() => AssertBytes("answers", Schema.AnswersCodec.Encode([true, false, true, true, false, false, false, false, true]));

    [Fact]
    public void OptionalFields_WithFalsyValues_AreNotWritten() => AssertBytes("empty", OptionalSecond.Codec.Encode(new OptionalSecond { TheString = "", TheAscii = "", TheBigint = BigInteger.Zero }));

    private static void AssertBytes(string name, byte[] bytes) => Assert.Equal(Known.GetProperty(name).GetString(), Convert.ToHexStringLower(bytes));
}
