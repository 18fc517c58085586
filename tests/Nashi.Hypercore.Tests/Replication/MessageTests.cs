using System.Buffers;
using System.Text.Json;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests.Replication;

public sealed class MessageTests
{
    private static readonly JsonElement Golden = Vectors.Load("replication");
    private static readonly ProofRequest Nothing = new();

    private delegate void Writing(ref CompactWriter writer);

    public static TheoryData<string> Names => [.. Golden.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_Encoded_IsTheReferencesBytes(string name) => Assert.Equal(Convert.ToHexStringLower(BytesOf(name)), Convert.ToHexStringLower(Encode(name)));

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_DecodedAndEncoded_IsUnchanged(string name) =>
        Assert.Equal(Convert.ToHexStringLower(BytesOf(name)), Convert.ToHexStringLower(Recode(TypeOf(name), BytesOf(name))!));

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_Truncated_IsRefusedOrShorter(string name)
    {
        var bytes = BytesOf(name);
        for (var i = 0; i < bytes.Length; i++)
        {
            var again = Recode(TypeOf(name), bytes[..i]);
            Assert.True(again is null || again.Length <= i + 1);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Message_Mutated_NeverThrows(int seed)
    {
        IRandom random = new SeededRandom((ulong)seed);
        foreach (var name in Names.Select(row => row.Data))
        {
            for (var round = 0; round < 200; round++)
            {
                var bytes = BytesOf(name).ToArray();
                for (var n = random.Next(4); n >= 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.NextUInt32();
                _ = Recode(TypeOf(name), bytes);
            }
        }
    }

    [Fact]
    public void Data_ThatAnnouncesManyNodes_IsRefusedBeforeAllocating()
    {
        byte[] bytes = [2, 1, 0, 0, 0xfe, 0xff, 0xff, 0x0f, 0];
        Assert.False(DataMessage.TryDecode(bytes, out _));
        var padded = new byte[40 * (DataMessage.MaxNodes + 2)];
        bytes = [2, 1, 0, 0, DataMessage.MaxNodes + 1];
        bytes.CopyTo(padded, 0);
        Assert.False(DataMessage.TryDecode(padded, out _));
    }

    [Fact]
    public void Bitfield_OfTooManyWords_IsRefused()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        BitfieldMessage.Write(ref writer, 0, new uint[BitfieldMessage.MaxWords + 1]);
        Assert.False(BitfieldMessage.TryDecode(output.WrittenSpan, out _));
    }

    [Fact]
    public void Capability_OfBothRoles_IsTheReferences()
    {
        var key = new CoreKey(Golden.Bytes("key"));
        var hash = Golden.Bytes("handshakeHash");
        var expected = Golden.GetProperty("capability");
        Assert.Equal(expected[0].Bytes(), ReplicationHandshake.CapabilityOf(true, key, hash).ToArray());
        Assert.Equal(expected[1].Bytes(), ReplicationHandshake.CapabilityOf(false, key, hash).ToArray());
    }

    private static JsonElement Find(string name) => Golden.GetProperty("messages").EnumerateArray().Single(m => m.GetProperty("name").GetString() == name);

    private static byte[] BytesOf(string name) => Find(name).Bytes("bytes");

    private static string TypeOf(string name) => Find(name).GetProperty("type").GetString()!;

    private static byte[] Write(Writing write)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        write(ref writer);
        return output.WrittenSpan.ToArray();
    }

    private static Bytes32 Fill(byte value)
    {
        var bytes = new byte[32];
        Array.Fill(bytes, value);
        return new(bytes);
    }

    private static byte[] Fill(int count, byte value) => [.. Enumerable.Repeat(value, count)];

    private static TreeNode[] Nodes(params (ulong Index, ulong Size, byte Fill)[] nodes) => [.. nodes.Select(n => new TreeNode(n.Index, n.Size, Fill(n.Fill)))];

    private static byte[] Request(ulong id, ulong fork, ProofRequest what, ulong priority = 0) => Write((ref CompactWriter w) => new RequestMessage(id, fork, what, priority).Write(ref w));

    private static byte[] Data(Proof proof) => Write((ref CompactWriter w) => new DataMessage(1, proof).Write(ref w));

    private static byte[] NoData(ulong request, NoDataReason reason) => Write((ref CompactWriter w) => new NoDataMessage(request, reason).Write(ref w));

    private static byte[] Want(ulong start, ulong length, bool any) => Write((ref CompactWriter w) => new WantMessage(start, length, any).Write(ref w));

    private static byte[] Range(bool drop, ulong start, ulong length) => Write((ref CompactWriter w) => new RangeMessage(drop, start, length).Write(ref w));

    private static byte[] Extension(string name, string body) => Write((ref CompactWriter w) => ExtensionMessage.Write(ref w, name, System.Text.Encoding.UTF8.GetBytes(body)));

    private static byte[] Sync(SyncMessage message) => Write((ref CompactWriter w) => message.Write(ref w));

    private static byte[] Encode(string name) => name switch
    {
        "handshake" => new ReplicationHandshake(true, Fill(2)).Encode(),
        "handshake no seeks" => new ReplicationHandshake(false, Fill(3)).Encode(),
        "sync" => Sync(new(0, 10, 4, true, true, true, true, false)),
        "sync wide" => Sync(new(300, 70000, 1UL << 40, false, true, false, false, true)),
        "request all" => Request(1, 0, new() { Block = new(3, 2), Seek = new(300, 8), Upgrade = new(0, 10), Manifest = true }, 1),
        "request hash" => Request(7, 2, new() { Hash = new(12, 3) }),
        "request upgrade" => Request(0, 0, new() { Upgrade = new(0, 3) }),
        "request block" => Request(255, 0, Nothing with { Block = new(70000, 0) }),
        "cancel" => Write((ref CompactWriter w) => new CancelMessage(300).Write(ref w)),
        "data block" => Data(new() { Block = new(3, "hi"u8.ToArray(), Nodes((2, 5, 1))) }),
        "data empty block" => Data(new() { Block = new(3, Array.Empty<byte>(), default) }),
        "data upgrade" => Data(new()
        {
            Fork = 1,
            Block = new(3, "hi"u8.ToArray(), Nodes((2, 5, 1))),
            Upgrade = new(0, 4, Nodes((2, 5, 1), (9, 1UL << 33, 4)), Nodes((10, 1, 2)), Fill(3, 7)),
        }),
        "data hash seek" => Data(new() { Hash = new(12, Nodes((12, 5, 1))), Seek = new(300, Nodes((14, 9, 2), (9, 10, 3))) }),
        "data manifest" => Data(new() { Upgrade = new(0, 1, default, default, Fill(64, 6)), Manifest = Manifest.ForKey(new PublicKey(Fill(9))) }),
        "noData" => NoData(1, NoDataReason.Unspecified),
        "noData not available" => NoData(1, NoDataReason.NotAvailable),
        "noData invalid" => NoData(300, NoDataReason.InvalidRequest),
        "want" => Want(0, 2097152, false),
        "want any" => Want(4096, 4096, true),
        "unwant" => Want(0, 4096, false),
        "bitfield" => Write((ref CompactWriter w) => BitfieldMessage.Write(ref w, 64, [1, 2, uint.MaxValue])),
        "range" => Range(false, 0, 10),
        "range drop" => Range(true, 5, 1),
        "range one" => Range(false, 70000, 1),
        "extension" => Extension("x", "m"),
        "extension same" => Extension("", "mm"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static byte[]? Recode(string type, byte[] bytes)
    {
        switch (type)
        {
            case "handshake": return ReplicationHandshake.TryDecode(bytes, out var handshake) ? handshake.Encode() : null;
            case "sync": return SyncMessage.TryDecode(bytes, out var sync) ? Sync(sync) : null;
            case "request": return RequestMessage.TryDecode(bytes, out var request) ? Request(request.Id, request.Fork, request.What, request.Priority) : null;
            case "cancel": return CancelMessage.TryDecode(bytes, out var cancel) ? Write((ref CompactWriter w) => cancel.Write(ref w)) : null;
            case "data": return DataMessage.TryDecode(bytes, out var data) ? Write((ref CompactWriter w) => data.Write(ref w)) : null;
            case "noData": return NoDataMessage.TryDecode(bytes, out var noData) ? NoData(noData.Request, noData.Reason) : null;
            case "want" or "unwant": return WantMessage.TryDecode(bytes, out var want) ? Want(want.Start, want.Length, want.Any) : null;
            case "range": return RangeMessage.TryDecode(bytes, out var range) ? Range(range.Drop, range.Start, range.Length) : null;
            case "bitfield":
                if (!BitfieldMessage.TryDecode(bytes, out var bitfield)) return null;
                var words = new uint[bitfield.Count];
                for (var i = 0; i < words.Length; i++) words[i] = bitfield[i];
                var start = bitfield.Start;
                return Write((ref CompactWriter w) => BitfieldMessage.Write(ref w, start, words));
            case "extension":
                if (!ExtensionMessage.TryDecode(bytes, out var extension)) return null;
                var (name, body) = (extension.Name, extension.Body.ToArray());
                return Write((ref CompactWriter w) => ExtensionMessage.Write(ref w, name, body));
            default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
        }
    }
}
