using System.Security.Cryptography;
using System.Text.Json;
using Nashi.Encoding;
using Nashi.Hyperdrive.Blobs;
using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Hyperdrive.Tests;

public sealed class VectorTests
{
    private static JsonElement Golden { get; } = Vectors.Load("hyperdrive");

    [Fact]
    public void BlockMap_Encoded_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("maps").EnumerateArray())
        {
            var count = golden.GetProperty("count").GetInt32();
            var map = Enumerable.Range(0, count).Select(i => new BlobBlock((ulong)i * 300, (ulong)(65536 - i))).ToList();
            var blocks = BlockMapCodec.Encode(map);
            Assert.Equal(golden.GetProperty("hex").EnumerateArray().Select(block => block.GetString()), blocks.Select(block => Convert.ToHexStringLower(count < 100 ? block.Span : SHA256.HashData(block.Span))));
            var decoded = new List<BlobBlock>();
            Assert.All(blocks, block => Assert.True(BlockMapCodec.TryDecode(block.Span, decoded)));
            Assert.Equal(map, decoded);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(100_003)]
    public void ContentChunker_AnyPieces_CutsAsReference(int piece)
    {
        var cuts = Golden.GetProperty("cuts");
        Assert.Equal(Lengths(cuts.GetProperty("lengths")), Cut(Noise(cuts.GetProperty("size").GetInt32(), cuts.GetProperty("seed").GetUInt32()), piece));
        Assert.Equal(Lengths(cuts.GetProperty("zeros")), Cut(new byte[2 << 20], piece));
    }

    [Fact]
    public async Task Drive_FixedPrimaryKey_SameKeysAndEntriesAsReference()
    {
        await using var store = Corestore.CreateInMemory(new CorestoreOptions { PrimaryKey = new Bytes32([.. Enumerable.Repeat((byte)1, 32)]) });
        await using var drive = await Drive.OpenAsync(store);
        Assert.Equal(Golden.GetProperty("keys").Bytes("key"), drive.Key.Value.ToArray());
        Assert.Equal(Golden.GetProperty("keys").Bytes("contentKey"), drive.Blobs!.Core.Key.Value.ToArray());
        Assert.Equal(drive.Blobs.Core.Key, Drive.GetContentKey(drive.Core));
        await drive.PutAsync("/a", "hello"u8.ToArray(), new DriveFileOptions { IsExecutable = true, Metadata = JsonDocument.Parse("""{"text":"ü\u0001\"\\/"}""").RootElement });
        await drive.SymlinkAsync("/l", "/a");
        foreach (var (golden, i) in Golden.GetProperty("db").EnumerateArray().Select((block, i) => (block.GetString(), (ulong)i)))
        {
            Assert.True(drive.Core.TryGet(i, out var block));
            Assert.Equal(golden, Convert.ToHexStringLower(block));
        }
    }

    [Fact]
    public void DrivePath_Resolved_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("paths").EnumerateArray()) Assert.Equal(golden.GetProperty("resolved").GetString(), DrivePath.Normalize(golden.GetProperty("name").GetString()!));
    }

    private static IEnumerable<int> Lengths(JsonElement array) => array.EnumerateArray().Select(item => item.GetInt32());

    private static List<int> Cut(byte[] bytes, int piece)
    {
        var (cuts, length) = (new List<int>(), 0);
        var chunker = new ContentChunker();
        for (var at = 0; at < bytes.Length;)
        {
            var taken = chunker.Scan(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)), out var isCut);
            at += taken;
            length += taken;
            if (!isCut) continue;
            cuts.Add(length);
            length = 0;
        }

        return cuts;
    }

    private static byte[] Noise(int size, uint state)
    {
        var bytes = new byte[size];
        for (var i = 0; i < size; i++)
        {
            state = unchecked((state * 1103515245) + 12345);
            bytes[i] = (byte)(state >> 24);
        }

        return bytes;
    }
}
