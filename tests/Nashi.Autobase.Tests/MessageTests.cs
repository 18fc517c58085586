using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Autobase.Messages;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Autobase.Tests;

public sealed class MessageTests
{
    private static JsonElement Golden { get; } = Vectors.Load("autobase");

    [Fact]
    public void OplogMessage_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<OplogMessage>("oplog", PlainMessages.Of);

    [Theory]
    [InlineData("oplogVersion0")]
    [InlineData("oplogVersion1")]
    public void OplogMessage_OfOlderVersion_IsRead(string area) => AssertReads<OplogMessage>(area, PlainMessages.Of);

    [Fact]
    public void BootRecord_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<BootRecord>("bootRecord", PlainMessages.Of);

    [Fact]
    public void BootRecord_OfVersion0_IsRead() => AssertReads<BootRecord>("bootRecordVersion0", PlainMessages.Of);

    [Fact]
    public void SystemInfo_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<SystemInfo>("info", PlainMessages.Of);

    [Fact]
    public void Member_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<Member>("member", member => PlainMessages.Of(member));

    [Fact]
    public void LinearizerUpdate_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<LinearizerUpdate>("update", update => PlainMessages.Of(update));

    [Fact]
    public void EncryptionDescriptor_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<EncryptionDescriptor>("descriptor", PlainMessages.Of);

    [Fact]
    public void ManifestData_OfReference_ReadsAndWritesTheSameBytes() => AssertSame<ManifestData>("manifestData", data => PlainMessages.Of(data));

    [Fact]
    public void LinearizerUpdate_Key_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("updateKey").EnumerateArray())
        {
            var sequence = golden.GetProperty("sequence").GetUInt64();
            Assert.Equal(golden.Bytes("hex"), LinearizerUpdate.Key(sequence));
            Assert.True(LinearizerUpdate.TryReadKey(golden.Bytes("hex"), out var read));
            Assert.Equal(sequence, read);
        }
    }

    [Fact]
    public void AutobaseNamespaces_Derived_EqualReference()
    {
        var golden = Golden.GetProperty("namespaces");
        Assert.Equal(golden.Bytes("signer"), AutobaseNamespaces.Signer.ToArray());
        Assert.Equal(golden.Bytes("viewBlockKey"), AutobaseNamespaces.ViewBlockKey.ToArray());
        Assert.Equal(golden.Bytes("hashKey"), AutobaseNamespaces.HashKey.ToArray());
        Assert.Equal(golden.Bytes("encryption"), AutobaseNamespaces.Encryption.ToArray());
        Assert.Equal(golden.Bytes("genesisEntropy"), AutobaseNamespaces.GenesisEntropy.ToArray());
        Assert.Equal(golden.Bytes("entropy"), AutobaseNamespaces.Entropy.ToArray());
    }

    [Fact]
    public void MessageCodec_Heads_EqualReference()
    {
        foreach (var golden in Golden.GetProperty("heads").EnumerateArray())
        {
            var reader = new CompactReader(golden.Bytes("hex"));
            Assert.True(reader.TryReadHeads(out var heads));
            AssertEqual(golden.GetProperty("value"), PlainMessages.Of(heads));
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            var writer = new CompactWriter(output);
            writer.WriteHeads(heads);
            Assert.Equal(golden.Bytes("hex"), output.WrittenSpan.ToArray());
        }
    }

    [Fact]
    public void OplogMessage_CutAnywhere_IsRefused()
    {
        foreach (var golden in Golden.GetProperty("oplog").EnumerateArray())
        {
            var bytes = golden.Bytes("hex");
            for (var length = 0; length < bytes.Length; length++) Assert.False(MessageCodec.TryDecode<OplogMessage>(bytes.AsSpan(0, length), out _));
        }
    }

    [Fact]
    public void OplogMessage_OfALaterVersion_IsRefused() => Assert.False(MessageCodec.TryDecode<OplogMessage>([3, 0, 1, 0, 0], out _));

    [Fact]
    public void OplogMessage_WithUnknownFieldsInFrames_IsRead()
    {
        // A digest of a later version: its frame says where it ends.
        byte[] bytes = [2, 0, 1, 0, 2, 4, 1, 9, 1, 2];
        Assert.True(MessageCodec.TryDecode<OplogMessage>(bytes, out var message));
        Assert.Equal(9u, message.Digest!.Value.Pointer);
    }

    private static void AssertSame<T>(string area, Func<T, JsonNode?> plain)
        where T : IMessage<T>
    {
        foreach (var golden in Golden.GetProperty(area).EnumerateArray())
        {
            Assert.True(MessageCodec.TryDecode<T>(golden.Bytes("hex"), out var message), golden.ToString());
            AssertEqual(golden.GetProperty("value"), plain(message!));
            Assert.Equal(golden.Bytes("hex"), MessageCodec.Encode(message!));
        }
    }

    private static void AssertReads<T>(string area, Func<T, JsonNode?> plain)
        where T : IMessage<T>
    {
        foreach (var golden in Golden.GetProperty(area).EnumerateArray())
        {
            Assert.True(MessageCodec.TryDecode<T>(golden.Bytes("hex"), out var message), golden.ToString());
            AssertEqual(golden.GetProperty("value"), plain(message!));
        }
    }

    private static void AssertEqual(JsonElement expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.GetRawText()), JsonNode.Parse(actual!.ToJsonString())), $"{expected}\n{actual}");
}
