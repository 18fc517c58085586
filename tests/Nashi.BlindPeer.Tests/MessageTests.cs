using System.Text.Json;
using Nashi.BlindPeer.Messages;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.BlindPeer.Tests;

/// <summary>Our messages are those of the reference, byte for byte.</summary>
public sealed class MessageTests
{
    private static readonly JsonElement Printed = Vectors.Load("blindpeer");

    [Fact]
    public void AddCores_OfTheReference_IsReadAndWritten()
    {
        foreach (var vector in Printed.GetProperty("addCores").EnumerateArray())
        {
            var bytes = vector.Bytes("bytes");
            Assert.True(AddCoresMessage.TryDecode(bytes, out var message));
            Assert.Equal((ReferrerOf(vector), PriorityOf(vector), AnnounceOf(vector)), (message.Referrer, message.Priority, message.Announce));
            Assert.Equal(vector.GetProperty("cores").EnumerateArray().Select(core => new BlindCore(KeyOf(core), core.GetProperty("length").GetUInt64())), message.Cores);
            Assert.Equal(bytes, message.Encode());
            AssertNoPrefixIsTaken(bytes, prefix => AddCoresMessage.TryDecode(prefix, out _));
        }
    }

    [Fact]
    public void AddCores_WithMoreThanAnyoneSends_IsRefused()
    {
        var cores = Enumerable.Repeat(new BlindCore(default, 0), AddCoresMessage.MaxCores + 1).ToArray();
        Assert.False(AddCoresMessage.TryDecode(new AddCoresMessage(null, 0, false, cores).Encode(), out _));
        Assert.True(AddCoresMessage.TryDecode(new AddCoresMessage(null, 0, false, cores[1..]).Encode(), out _));
        // A count alone takes no memory.
        Assert.False(AddCoresMessage.TryDecode([0, 0xfd, 0xff, 0xff], out _));
    }

    [Fact]
    public void AddCore_OfTheReference_IsReadAndWritten()
    {
        foreach (var vector in Printed.GetProperty("addCore").EnumerateArray())
        {
            var bytes = vector.Bytes("bytes");
            Assert.True(AddCoreRequest.TryDecode(bytes, out var request));
            Assert.Equal(new AddCoreRequest(KeyOf(vector), ReferrerOf(vector), PriorityOf(vector), AnnounceOf(vector)), request);
            var written = new byte[bytes.Length + 8];
            var writer = new CompactWriter(written);
            request.Write(ref writer);
            Assert.Equal(bytes, written[..writer.Written]);
            AssertNoPrefixIsTaken(bytes, prefix => AddCoreRequest.TryDecode(prefix, out _));
        }

        Assert.True(AddCoreRequest.TryDecode(Printed.Bytes("old"), out var old));
        Assert.Equal((1UL, true), (old.Priority, old.Announce));
    }

    [Fact]
    public void CoreRecord_OfTheReference_IsReadAndWritten()
    {
        foreach (var vector in Printed.GetProperty("records").EnumerateArray())
        {
            var bytes = vector.Bytes("bytes");
            Assert.True(CoreRecordMessage.TryDecode(bytes, out var record));
            Assert.Equal((KeyOf(vector), ReferrerOf(vector), PriorityOf(vector), AnnounceOf(vector)), (record.Key, record.Referrer, record.Priority, record.Announce));
            Assert.Equal(Numbers(vector), (ulong[])[record.Length, record.BytesAllocated, record.Updated, record.Active, record.BlocksCleared, record.BytesCleared]);
            var written = new byte[bytes.Length + 8];
            var writer = new CompactWriter(written);
            record.Write(ref writer);
            Assert.Equal(bytes, written[..writer.Written]);
            AssertNoPrefixIsTaken(bytes, prefix => CoreRecordMessage.TryDecode(prefix, out _));
        }
    }

    [Fact]
    public void DeleteCore_OfTheReference_IsRead()
    {
        var vector = Printed.GetProperty("deleteCore");
        Assert.True(BlindPeerMethods.TryDecodeKey(vector.Bytes("bytes"), out var key));
        Assert.Equal(KeyOf(vector), key);
    }

    [Fact]
    public void Choice_ByDistance_IsThatOfTheReference()
    {
        var vector = Printed.GetProperty("choice");
        var peers = vector.GetProperty("peers").EnumerateArray().Select(peer => new PublicKey(peer.Bytes())).ToArray();
        var sorted = vector.GetProperty("sorted").EnumerateArray().Select(peer => new PublicKey(peer.Bytes())).ToArray();
        var target = new Bytes32(vector.Bytes("target"));
        Assert.Equal(sorted, BlindChoice.Sort(target, peers));
        Assert.Equal(sorted[..2], BlindChoice.Choose(target, peers, 2, _ => false));
        // One that is down stays chosen and is stood in for.
        Assert.Equal(sorted[..3], BlindChoice.Choose(target, peers, 2, peer => peer == sorted[0]));
        Assert.Equal([sorted[0], sorted[1], sorted[3]], BlindChoice.Choose(target, peers, 2, peer => peer == sorted[0] || peer == sorted[2]));
    }

    private static void AssertNoPrefixIsTaken(byte[] bytes, Func<byte[], bool> tryDecode)
    {
        for (var length = 0; length < bytes.Length; length++) Assert.False(tryDecode(bytes[..length]));
    }

    private static ulong[] Numbers(JsonElement vector) =>
        [.. new[] { "length", "bytesAllocated", "updated", "active", "blocksCleared", "bytesCleared" }.Select(name => vector.GetProperty(name).GetUInt64())];

    private static CoreKey KeyOf(JsonElement vector) => new(vector.Bytes("key"));

    private static CoreKey? ReferrerOf(JsonElement vector) => vector.GetProperty("referrer").ValueKind == JsonValueKind.Null ? null : new CoreKey(vector.Bytes("referrer"));

    private static ulong PriorityOf(JsonElement vector) => vector.GetProperty("priority").GetUInt64();

    private static bool AnnounceOf(JsonElement vector) => vector.GetProperty("announce").GetBoolean();
}
