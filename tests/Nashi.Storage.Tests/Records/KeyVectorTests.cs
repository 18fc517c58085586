using System.Text.Json;
using Nashi.Encoding;
using Nashi.Storage.Records;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Records;

public sealed class KeyVectorTests
{
    private static JsonElement Golden { get; } = Vectors.Load("storage");

    private static JsonElement Keys { get; } = Golden.GetProperty("keys");

    [Fact]
    public void IndexEncoder_UInt_EqualsReference()
    {
        Span<byte> to = stackalloc byte[IndexEncoder.MaxUIntSize];
        foreach (var golden in Golden.GetProperty("uint").EnumerateArray())
        {
            var value = golden.GetProperty("value").GetUInt64();
            var bytes = golden.Bytes("hex");
            Assert.Equal(bytes, to[..IndexEncoder.WriteUInt(to, value)].ToArray());
            ReadOnlySpan<byte> rest = bytes;
            Assert.True(IndexEncoder.TryReadUInt(ref rest, out var read));
            Assert.Equal(value, read);
            Assert.True(rest.IsEmpty);
        }
    }

    [Fact]
    public void IndexEncoder_Int_EqualsReference()
    {
        Span<byte> to = stackalloc byte[IndexEncoder.MaxUIntSize];
        foreach (var golden in Golden.GetProperty("int").EnumerateArray())
        {
            var written = to[..IndexEncoder.WriteInt(to, golden.GetProperty("value").GetInt64())].ToArray();
            Assert.True(golden.Bytes("hex").AsSpan().SequenceEqual(written), $"{golden} but {Convert.ToHexStringLower(written)}");
        }
    }

    [Fact]
    public void IndexEncoder_Bytes_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("bytes").EnumerateArray()) AssertBytes(golden.Bytes("value"), golden.Bytes("hex"));
        foreach (var golden in Golden.GetProperty("text").EnumerateArray())
        {
            AssertBytes(System.Text.Encoding.UTF8.GetBytes(golden.GetProperty("value").GetString()!), golden.Bytes("hex"));
        }
    }

    [Fact]
    public void StorageKeys_OfTheStore_EqualReference()
    {
        var space = new byte[StorageKeys.MaxSize];
        Assert.Equal(Keys.Bytes("head"), StorageKeys.Head.ToArray());
        Assert.Equal(Keys.Bytes("core"), StorageKeys.Core(space, new DiscoveryKey(Fill(1))).ToArray());
        Assert.Equal(Keys.Bytes("coreStart"), StorageKeys.CoresStart.ToArray());
        Assert.Equal(Keys.Bytes("coreEnd"), StorageKeys.CoresEnd.ToArray());
        Assert.Equal(Keys.Bytes("aliasStart"), StorageKeys.AliasesOf(space, Fill(2), end: false).ToArray());
        Assert.Equal(Keys.Bytes("aliasEnd"), StorageKeys.AliasesOf(space, Fill(2), end: true).ToArray());
        Assert.Equal(Keys.Bytes("topic"), StorageKeys.Topic(space, new Topic(Fill(3))).ToArray());
        var entry = Keys.GetProperty("entry");
        Assert.Equal(entry.Bytes("hex"), StorageKeys.Group(space, UInt(entry, "group"), UInt(entry, "timestamp"), UInt(entry, "pointer")).ToArray());
    }

    [Fact]
    public void StorageKeys_OfAliases_EqualReference()
    {
        foreach (var golden in Keys.GetProperty("aliases").EnumerateArray())
        {
            var alias = new CoreAlias(golden.GetProperty("name").GetString()!, new Bytes32(golden.Bytes("namespace")));
            Assert.Equal(golden.Bytes("hex"), StorageKeys.Alias(alias));
            Assert.True(StorageKeys.TryReadAlias(golden.Bytes("hex"), out var read));
            Assert.Equal(alias, read);
        }
    }

    [Fact]
    public void StorageKeys_OfCores_EqualReference()
    {
        var space = new byte[StorageKeys.MaxSize];
        foreach (var golden in Keys.GetProperty("pointed").EnumerateArray())
        {
            var pointer = UInt(golden, "pointer");
            Assert.Equal(golden.Bytes("auth"), StorageKeys.Of(space, pointer, CoreRecord.Auth).ToArray());
            Assert.Equal(golden.Bytes("sessions"), StorageKeys.Of(space, pointer, CoreRecord.Sessions).ToArray());
            Assert.Equal(golden.Bytes("group"), StorageKeys.Of(space, pointer, CoreRecord.Group).ToArray());
            Assert.Equal(golden.Bytes("head"), StorageKeys.Of(space, pointer, DataRecord.Head).ToArray());
            Assert.Equal(golden.Bytes("dependency"), StorageKeys.Of(space, pointer, DataRecord.Dependency).ToArray());
            Assert.Equal(golden.Bytes("hints"), StorageKeys.Of(space, pointer, DataRecord.Hints).ToArray());
            Assert.Equal(golden.Bytes("block"), StorageKeys.Of(space, pointer, DataRecord.Block, 300).ToArray());
            Assert.Equal(golden.Bytes("blockEnd"), StorageKeys.Of(space, pointer, DataRecord.Block, StorageKeys.End).ToArray());
            Assert.Equal(golden.Bytes("tree"), StorageKeys.Of(space, pointer, DataRecord.Tree, 70001).ToArray());
            Assert.Equal(golden.Bytes("bitfield"), StorageKeys.Bitfield(space, pointer, 2).ToArray());
            Assert.Equal(golden.Bytes("userData"), StorageKeys.UserData(pointer, "k"));
            Assert.Equal(golden.Bytes("local"), StorageKeys.Local(pointer, [1, 0, 7]));
            Assert.Equal(golden.Bytes("mark"), StorageKeys.Of(space, pointer, DataRecord.Mark, 3).ToArray());
        }
    }

    private static void AssertBytes(byte[] value, byte[] encoded)
    {
        var to = new byte[IndexEncoder.MaxBytesSize(value.Length)];
        Assert.Equal(encoded, to[..IndexEncoder.WriteBytes(to, value)]);
        ReadOnlySpan<byte> rest = encoded;
        Assert.True(IndexEncoder.TryReadBytes(ref rest, out var read));
        Assert.Equal(value, read);
        Assert.True(rest.IsEmpty);
    }

    private static ulong UInt(JsonElement element, string property) => element.GetProperty(property).GetUInt64();

    private static Bytes32 Fill(byte value) => new([.. Enumerable.Repeat(value, Bytes32.Size)]);
}
