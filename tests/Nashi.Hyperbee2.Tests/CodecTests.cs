using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Hyperbee2.Blocks;
using Nashi.TestKit;

namespace Nashi.Hyperbee2.Tests;

public sealed class CodecTests
{
    private static JsonElement Golden { get; } = Vectors.Load("hyperbee2");

    public static TheoryData<string> Trees { get; } = [.. Golden.EnumerateObject().Select(tree => tree.Name)];

    [Theory]
    [MemberData(nameof(Trees))]
    public void TreeBlockCodec_BlockOfReference_DecodesToTheSame(string tree)
    {
        foreach (var golden in Golden.GetProperty(tree).EnumerateArray())
        {
            var block = Decode(golden);
            var expected = JsonNode.Parse(golden.GetProperty("block").GetRawText());
            Assert.Equal(expected!.ToJsonString(), Describe(block).ToJsonString());
        }
    }

    [Theory]
    [MemberData(nameof(Trees))]
    public void TreeBlockCodec_BlockOfReference_EncodesToTheSameBytes(string tree)
    {
        foreach (var golden in Golden.GetProperty(tree).EnumerateArray())
        {
            Assert.Equal(golden.GetProperty("hex").GetString(), Convert.ToHexStringLower(TreeBlockCodec.Encode(Decode(golden))));
        }
    }

    [Fact]
    public void TreeBlockCodec_EveryTruncation_IsRefusedOrDecodedWithoutThrowing()
    {
        foreach (var golden in Golden.GetProperty("corners").EnumerateArray())
        {
            var bytes = golden.Bytes("hex");
            for (var length = 0; length < bytes.Length; length++) Assert.False(TreeBlockCodec.TryDecode(9, bytes.AsMemory(0, length), out _));
        }
    }

    [Fact]
    public void TreeBlockCodec_MoreElementsThanAllowed_IsRefused()
    {
        var within = new TreeBlock { Cohorts = [new TreeDelta[TreeBlockCodec.MaxElements - 1]] };
        var beyond = new TreeBlock { Cohorts = [new TreeDelta[TreeBlockCodec.MaxElements]] };
        Assert.True(TreeBlockCodec.TryDecode(0, TreeBlockCodec.Encode(within), out _));
        Assert.False(TreeBlockCodec.TryDecode(0, TreeBlockCodec.Encode(beyond), out _));
    }

    [Theory]
    [InlineData("")] // nothing
    [InlineData("02000000" + "00")] // no such type
    [InlineData("01000000" + "04" + "ffffffffffffff1f00")] // a count beyond the block
    [InlineData("01000000" + "04" + "01" + "01" + "04" + "00")] // no such step
    [InlineData("01000000" + "40" + "01")] // degree 1
    [InlineData("01000000" + "40" + "81")] // degree 129
    [InlineData("01ffffffffffffffffff0000" + "00")] // a number that JavaScript cannot hold
    [InlineData("0a03" + "0a0112" + "1201" + "61")] // an odd number of places of children
    public void TreeBlockCodec_NotABlock_IsRefused(string hex) => Assert.False(TreeBlockCodec.TryDecode(3, Convert.FromHexString(hex), out _));

    [Fact]
    public void TreeBlockCodec_MoreAfterTheBlock_IsIgnored()
    {
        var bytes = TreeBlockCodec.Encode(new TreeBlock { Checkpoint = 3 });
        Assert.True(TreeBlockCodec.TryDecode(0, (byte[])[.. bytes, 1, 2, 3], out var block));
        Assert.Equal(3UL, block.Checkpoint);
    }

    [Fact]
    public void CompatCodec_ZeroOffset_IsWritten()
    {
        var node = new BlockNode([], [new TreeDelta(DeltaKind.Cohort, 0, new TreePointer(0, 5, 0))]);
        var block = new TreeBlock
        {
            Type = BlockType.Compat,
            Nodes = [node],
            Keys = [new BlockKey("k"u8.ToArray(), null, null)],
            Cohorts = [[new TreeDelta(DeltaKind.Insert, 0, new TreePointer(0, 4, 0))]],
        };
        Assert.True(TreeBlockCodec.TryDecode(5, TreeBlockCodec.Encode(block), out var decoded));
        Assert.Equal(new TreePointer(0, 4, 0), decoded.Cohorts![0][0].Pointer);
    }

    private static TreeBlock Decode(JsonElement golden)
    {
        Assert.True(TreeBlockCodec.TryDecode(golden.GetProperty("seq").GetUInt64(), golden.Bytes("hex"), out var block));
        return block;
    }

    private static JsonObject Describe(TreeBlock block) => new()
    {
        ["type"] = (int)block.Type,
        ["checkpoint"] = block.Checkpoint,
        ["batch"] = new JsonArray(block.BatchStart, block.BatchEnd),
        ["previous"] = block.Previous is { } previous ? new JsonArray(previous.Core, previous.Seq) : null,
        ["cores"] = block.Cores is { } cores ? List(cores, Describe) : null,
        ["tree"] = List(block.Nodes, node => new JsonObject { ["keys"] = List(node.Keys, Describe), ["children"] = List(node.Children, Describe) }),
        ["keys"] = List(block.Keys, Describe),
        ["values"] = List(block.Values, value => Hex(value)),
        ["cohorts"] = List(block.Cohorts, cohort => List(cohort, Describe)),
        ["t"] = block.Degree,
    };

    private static JsonNode Describe(CoreEntry core) => new JsonObject
    {
        ["key"] = Hex(core.Key.AsSpan().ToArray()),
        ["fork"] = core.Fork,
        ["length"] = core.Length,
        ["treeHash"] = core.TreeHash is { } hash ? Hex(hash.AsSpan().ToArray()) : null,
    };

    private static JsonNode Describe(TreeDelta delta) => new JsonObject
    {
        ["type"] = (int)delta.Kind,
        ["index"] = (int)delta.Index,
        ["pointer"] = delta.Pointer is { } at ? new JsonArray(at.Core, at.Seq, at.Offset) : null,
    };

    private static JsonNode Describe(BlockKey key) => new JsonObject
    {
        ["key"] = Hex(key.Key),
        ["value"] = key.Value is { } value ? Hex(value) : null,
        ["pointer"] = key.Location is { } at ? new JsonArray(at.Core, at.Seq, at.Offset, at.Split) : null,
    };

    private static JsonArray List<T>(T[]? items, Func<T, JsonNode?> describe) => [.. (items ?? []).Select(describe)];

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);
}
