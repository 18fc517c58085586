using System.Text.Json;
using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Autobase.Tests;

/// <summary>The same values, appended here and by the reference in stores of one primary key, leave the same blocks and keys.</summary>
public sealed class ReferenceBaseTests
{
    private static JsonElement Golden { get; } = Vectors.Load("autobase");

    [Theory]
    [InlineData("alone")]
    [InlineData("encrypted")]
    public async Task Autobase_OfOneWriter_EqualsReference(string scenario)
    {
        var golden = Golden.GetProperty(scenario);
        await using var store = Corestore.CreateInMemory(new CorestoreOptions { PrimaryKey = new Bytes32(golden.Bytes("primaryKey")) });
        var handler = new TextHandler();
        await using var autobase = await Autobase.OpenAsync(store, null, handler, new AutobaseOptions { AckInterval = TimeSpan.Zero, IsEncrypted = scenario == "encrypted" });
        var number = 0;
        foreach (var step in golden.GetProperty("steps").EnumerateArray())
        {
            await autobase.AppendAsync(Values(step.GetProperty("step")));
            await autobase.UpdateAsync();
            await AssertEqualAsync(step, store, autobase, handler, $"step {number++}, {step.GetProperty("step")}");
        }

        if (golden.GetProperty("encryptionKey").ValueKind != JsonValueKind.Null) Assert.Equal(golden.Bytes("encryptionKey"), autobase.EncryptionKey!.Value.ToArray());
    }

    private static async Task AssertEqualAsync(JsonElement step, Corestore store, Autobase autobase, TextHandler handler, string where)
    {
        Assert.Equal(step.GetProperty("key").GetString(), Hex(autobase.Key));
        await AssertLocalAsync(step.GetProperty("local"), store, autobase, where);
        AssertView(step.GetProperty("log"), handler.Log, where);
        AssertView(step.GetProperty("bee"), handler.BeeLog, where);
        AssertView(step.GetProperty("system"), autobase.System, where);
        Assert.Equal(step.GetProperty("indexedLength").GetUInt64(), autobase.IndexedLength);
    }

    // Traces of what was read are advice, and left out here.
    private static async Task AssertLocalAsync(JsonElement golden, Corestore store, Autobase autobase, string where)
    {
        Assert.Equal(golden.GetProperty("key").GetString(), Hex(autobase.LocalKey));
        await using var local = await store.GetAsync(autobase.LocalKey, new CoreOptions { EncryptionKey = autobase.EncryptionKey });
        Assert.Equal(golden.GetProperty("length").GetUInt64(), local.Length);
        if (autobase.EncryptionKey is not null || !golden.TryGetProperty("last", out var last)) return;
        Assert.True(MessageCodec.TryDecode<OplogMessage>(last.Bytes(), out var theirs));
        Assert.True(MessageCodec.TryDecode<OplogMessage>(await local.GetAsync(local.Length - 1), out var ours));
        var expected = PlainMessages.Of(theirs with { Trace = null })!.ToJsonString();
        Assert.True(expected == PlainMessages.Of(ours)!.ToJsonString(), $"{where}: the local block differs\n{expected}\n{PlainMessages.Of(ours)!.ToJsonString()}");
    }

    private static void AssertView(JsonElement golden, AutobaseView view, string where)
    {
        if (golden.TryGetProperty("blocks", out var blocks))
        {
            for (var i = 0; i < Math.Min(blocks.GetArrayLength(), (int)view.Length); i++)
            {
                Assert.True(view.TryGet((ulong)i, out var block));
                Assert.True(blocks[i].GetString() == Convert.ToHexStringLower(block), $"{where}: {view.Name} {i}\n{blocks[i]}\n{Convert.ToHexStringLower(block)}");
            }
        }

        var expected = (golden.GetProperty("key").GetString(), golden.GetProperty("length").GetUInt64(), golden.GetProperty("signedLength").GetUInt64(), golden.GetProperty("treeHash").GetString());
        Assert.True(expected == (Hex(view.Key), view.Length, view.SignedLength, Convert.ToHexStringLower(view.TreeHash.AsSpan())), $"{where}: {view.Name} is {Hex(view.Key)} {view.Length} {view.SignedLength}, not {expected}");
    }

    private static ReadOnlyMemory<byte>[] Values(JsonElement step) =>
        step.ValueKind == JsonValueKind.Array ? [.. step.EnumerateArray().Select(one => (ReadOnlyMemory<byte>)System.Text.Encoding.UTF8.GetBytes(one.GetString()!))] : [System.Text.Encoding.UTF8.GetBytes(step.GetString()!)];

    private static string Hex(CoreKey key) => Convert.ToHexStringLower(key.Value.AsSpan());
}
