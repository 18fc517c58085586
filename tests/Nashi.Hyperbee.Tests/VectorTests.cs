using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Hyperbee.Tests;

public sealed class VectorTests
{
    private static JsonElement Golden { get; } = Vectors.Load("hyperbee");

    [Fact]
    public void Header_Encoded_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("headers").EnumerateArray())
        {
            var metadata = golden.GetProperty("hasMetadata").GetBoolean() ? new BeeMetadata(Optional(golden, "contentFeed"), Optional(golden, "userData")) : null;
            Assert.Equal(golden.Bytes("hex"), new BeeHeader("hyperbee", metadata).Encode());
            Assert.True(BeeHeader.TryDecode(golden.Bytes("hex"), out var decoded));
            Assert.Equal(golden.Bytes("hex"), decoded.Encode());
        }
    }

    [Fact]
    public async Task Hyperbee_Puts_EqualReference()
    {
        var (bee, log) = Make();
        for (var i = 0; i < 100; i++) await bee.PutAsync(Key(i * 37 % 100), $"value {i}");
        AssertBlocks("puts", log);
    }

    [Fact]
    public async Task Hyperbee_Deletes_EqualReference()
    {
        var (bee, log) = Make();
        for (var i = 0; i < 60; i++) await bee.PutAsync(Key(i), "v");
        for (var i = 0; i < 60; i++) Assert.True(await bee.DeleteAsync(Key(i * 23 % 60)));
        AssertBlocks("deletes", log);
    }

    [Fact]
    public async Task BeeBatch_PutsAndDeletes_EqualReference()
    {
        var (bee, log) = Make();
        await using var batch = bee.Batch();
        for (var i = 0; i < 60; i++) await batch.PutAsync(Key(i * 37 % 60), null);
        for (var i = 0; i < 60; i += 2) Assert.True(await batch.DeleteAsync(Key(i)));
        await batch.FlushAsync();
        AssertBlocks("batch", log);
    }

    [Fact]
    public async Task BeeBatch_KeepingVersions_EqualsSingleWrites()
    {
        var (bee, log) = Make();
        await using var batch = bee.Batch(keepVersions: true);
        for (var i = 0; i < 60; i++) await batch.PutAsync(Key(i), "v");
        for (var i = 0; i < 60; i++) Assert.True(await batch.DeleteAsync(Key(i * 23 % 60)));
        await batch.FlushAsync();
        AssertBlocks("deletes", log);
    }

    [Fact]
    public async Task Hyperbee_Subs_EqualReference()
    {
        var (bee, log) = Make();
        await bee.Sub("a").PutAsync("x", "1");
        await bee.Sub("a").Sub("b").PutAsync("y", "2");
        await bee.Sub("c"u8, "!"u8).PutAsync("z", "3");
        AssertBlocks("subs", log);
    }

    private static (Hyperbee Bee, MemoryBlockLog Log) Make()
    {
        var log = new MemoryBlockLog();
        return (new Hyperbee(log), log);
    }

    private static string Key(int i) => $"key-{i:d3}";

    private static ReadOnlyMemory<byte>? Optional(JsonElement golden, string name)
        => golden.GetProperty(name).ValueKind == JsonValueKind.Null ? default(ReadOnlyMemory<byte>?) : golden.Bytes(name);

    private static void AssertBlocks(string name, MemoryBlockLog log)
    {
        var expected = Golden.GetProperty(name);
        Assert.Equal(expected.GetArrayLength(), (int)log.Length);
        for (var i = 0; i < (int)log.Length; i++)
        {
            Assert.True(log.TryGet((ulong)i, out var block));
            Assert.Equal(expected[i].GetString(), Convert.ToHexStringLower(block));
        }
    }
}
