using System.Text.Json;
using Nashi.Encoding;
using Nashi.Storage.Records;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Records;

public sealed class RecordVectorTests
{
    private static JsonElement Golden { get; } = Vectors.Load("storage");

    [Fact]
    public void StoreHead_Golden_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("heads").EnumerateArray())
        {
            AssertRecord(golden.Bytes("hex"), new StoreHead
            {
                NextCore = UInt(golden, "cores"),
                NextData = UInt(golden, "datas"),
                NextGroup = UInt(golden, "groups"),
                PrimaryKey = Optional(golden, "seed") is { } seed ? new Bytes32(seed) : null,
                DefaultCore = Optional(golden, "first") is { } first ? new DiscoveryKey(first) : null,
            });
        }
    }

    [Fact]
    public void CorePointer_Golden_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("cores").EnumerateArray())
        {
            var alias = golden.GetProperty("alias");
            CoreAlias? named = alias.ValueKind == JsonValueKind.Null ? null : new(alias.GetProperty("name").GetString()!, new Bytes32(alias.Bytes("namespace")));
            AssertRecord(golden.Bytes("hex"), new CorePointer(2, UInt(golden, "core"), UInt(golden, "data"), named));
        }
    }

    [Fact]
    public void CoreAuth_Golden_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("auths").EnumerateArray())
        {
            Assert.True(RecordCodec.TryDecode<CoreAuth>(golden.Bytes("hex"), out var read));
            Assert.Equal(new CoreKey(Fill(1)), read.Key);
            Assert.Equal(new DiscoveryKey(Fill(2)), read.DiscoveryKey);
            Assert.Null(read.Manifest);
            Assert.Equal(Optional(golden, "publicKey"), read.SignerPublicKey);
            Assert.Equal(Optional(golden, "secretKey"), read.SignerSecretKey);
            Assert.Equal(Optional(golden, "encryptionKey"), read.EncryptionKey);
            Assert.Equal(golden.Bytes("hex"), RecordCodec.Encode(read));
        }
    }

    [Fact]
    public void CoreAuth_WithManifest_KeepsItsBytes()
    {
        var golden = Golden.GetProperty("authWithManifest").Bytes("hex");
        Assert.True(RecordCodec.TryDecode<CoreAuth>(golden, out var read));
        Assert.NotNull(read.Manifest);
        Assert.Equal(1, read.Manifest[0]);
        Assert.Equal(golden, RecordCodec.Encode(read));
    }

    [Fact]
    public void CoreHead_Golden_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("coreHeads").EnumerateArray())
        {
            Assert.True(RecordCodec.TryDecode<CoreHead>(golden.Bytes("hex"), out var read));
            Assert.Equal((UInt(golden, "fork"), UInt(golden, "length"), UInt(golden, "timestamp")), (read.Fork, read.Length, read.Timestamp));
            Assert.Equal(Fill(4), read.RootHash);
            Assert.Equal(Optional(golden, "signature"), read.Signature);
            Assert.Equal(golden.Bytes("hex"), RecordCodec.Encode(read));
        }
    }

    [Fact]
    public void CoreHead_WithoutFlags_IsReadAsOld()
    {
        var old = Golden.GetProperty("coreHeads")[0].Bytes("hex")[..^1];
        Assert.True(RecordCodec.TryDecode<CoreHead>(old, out var read));
        Assert.Equal(0UL, read.Timestamp);
    }

    [Fact]
    public void CoreHints_Golden_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("hints").EnumerateArray())
        {
            AssertRecord(golden.Bytes("hex"), new CoreHints(UInt(golden, "contiguousLength"), UInt(golden, "remoteContiguousLength"), UInt(golden, "recovering")));
        }
    }

    [Fact]
    public void SmallRecords_Golden_EqualReference()
    {
        AssertRecord(Golden.GetProperty("dependency").Bytes("hex"), new CoreDependency(1, 300));
        AssertRecord(Golden.GetProperty("treeNode").Bytes("hex"), new NodeRecord(5, 300, Fill(6)));
        foreach (var golden in Golden.GetProperty("groups").EnumerateArray()) AssertRecord(golden.Bytes("hex"), new GroupReference(new Topic(Fill(7)), UInt(golden, "pointer")));
    }

    [Fact]
    public void SessionList_Golden_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("sessions").EnumerateArray())
        {
            Assert.True(RecordCodec.TryDecode<SessionList>(golden.Bytes("hex"), out var read));
            Assert.Equal(golden.GetProperty("entries").EnumerateArray().Select(entry => (entry.GetProperty("name").GetString()!, UInt(entry, "dataPointer"))), read.Entries);
            Assert.Equal(golden.Bytes("hex"), RecordCodec.Encode(read));
        }
    }

    private static void AssertRecord<T>(byte[] golden, T value)
        where T : IStoredRecord<T>
    {
        Assert.Equal(golden, RecordCodec.Encode(value));
        Assert.True(RecordCodec.TryDecode<T>(golden, out var read));
        Assert.Equal(value, read);
        // Later versions may add fields.
        Assert.True(RecordCodec.TryDecode<T>([.. golden, 1, 2, 3], out _));
    }

    private static byte[]? Optional(JsonElement element, string property) =>
        element.GetProperty(property).ValueKind == JsonValueKind.Null ? null : element.Bytes(property);

    private static ulong UInt(JsonElement element, string property) => element.GetProperty(property).GetUInt64();

    private static Bytes32 Fill(byte value) => new([.. Enumerable.Repeat(value, Bytes32.Size)]);
}
