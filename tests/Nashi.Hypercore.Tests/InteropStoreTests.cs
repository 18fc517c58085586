using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Storage;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests;

/// <summary>One folder, opened in turn by us and by the reference.</summary>
public sealed class InteropStoreTests
{
    private static readonly byte[] Seed = [.. Enumerable.Repeat((byte)1, 32)];
    private static readonly byte[] EncryptionKey = [.. Enumerable.Repeat((byte)9, 32)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1", false)]
    [InlineData("v1", true)]
    [InlineData("encrypted", true)]
    [InlineData("compat", false)]
    [InlineData("v0", false)]
    [InlineData("v2", true)]
    [InlineData("patch", false)]
    public async Task Store_WrittenByTheReference_GoesOnHereAndBack(string kind, bool flush)
    {
        using var folder = new TempFolder();
        var first = await RunAsync(folder.Path, kind, flush, """[["append","6869","","00"],["many",3,90],["clear",20,40],["truncate",70],["many",100,103],["clear",1,3],["userData","name","aabb"]]""");
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, new CoreKey(first.Bytes("key")), OptionsOf(kind) with { KeyPair = null, Manifest = null });
            await CompareAsync(core, first);
            Assert.True(core.IsWritable);
            await core.AppendAsync("ours"u8.ToArray(), Cancel);
            await core.TruncateAsync(60, null, Cancel);
            await core.AppendAsync([.. Enumerable.Range(0, 50).Select(i => (ReadOnlyMemory<byte>)new byte[i])], Cancel);
            await core.ClearAsync(64, 66, Cancel);
            await core.SetUserDataAsync("name", "cc"u8.ToArray());
            if (flush) store.Flush();
            if (flush) store.Compact();
        }

        var second = await RunAsync(folder.Path, kind, flush, "[]");
        Assert.Equal((110, 2, true), (second.GetProperty("length").GetInt32(), second.GetProperty("fork").GetInt32(), second.GetProperty("signed").GetBoolean()));
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, new CoreKey(first.Bytes("key")), OptionsOf(kind));
            await CompareAsync(core, second);
        }

        var third = await RunAsync(folder.Path, kind, flush, """[["truncate",61],["append","01","02"]]""");
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, new() { IsReadOnly = true }, Cancel))
        {
            await using var core = Core.Open(store, new CoreKey(first.Bytes("key")), OptionsOf(kind));
            await CompareAsync(core, third);
            Assert.False(core.IsWritable);
        }
    }

    [Theory]
    [InlineData("v1")]
    [InlineData("encrypted")]
    [InlineData("compat")]
    [InlineData("v0")]
    [InlineData("v2")]
    [InlineData("patch")]
    public async Task Store_WrittenHere_OpensInTheReference(string kind)
    {
        using var folder = new TempFolder();
        var options = OptionsOf(kind);
        CoreKey key;
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            CoreKey? asked = kind == "compat" ? new CoreKey(options.KeyPair!.PublicKey.Value) : null;
            await using var core = Core.Open(store, asked, options);
            key = core.Key;
            for (var i = 0; i < 40; i++) await core.AppendAsync(BitConverter.GetBytes(i), Cancel);
            await core.ClearAsync(0, 5, Cancel);
            await core.TruncateAsync(30, 7, Cancel);
            await core.AppendAsync("last"u8.ToArray(), Cancel);
        }

        var seen = await RunAsync(folder.Path, kind, false, """[["append","ffff"],["truncate",29],["append","ee"]]""", key);
        Assert.Equal((30, 8, true, true), (seen.GetProperty("length").GetInt32(), seen.GetProperty("fork").GetInt32(), seen.GetProperty("signed").GetBoolean(), seen.GetProperty("writable").GetBoolean()));
        await using var again = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel);
        await using var reopened = Core.Open(again, key, options);
        await CompareAsync(reopened, seen);
    }

    private static CoreOptions OptionsOf(string kind)
    {
        var pair = KeyPair.FromSeed(Seed);
        var signer = ManifestSigner.From(pair.PublicKey);
        return new CoreOptions
        {
            KeyPair = pair,
            EncryptionKey = kind == "encrypted" ? EncryptionKey : ReadOnlyMemory<byte>.Empty,
            Manifest = kind switch
            {
                "v0" => new Manifest { Version = 0, Quorum = 1, Signers = [signer with { Namespace = new Bytes32(Seed) }] },
                "v2" => new Manifest { Version = 2, Quorum = 1, Signers = [signer with { Namespace = new Bytes32(Seed) }], Linked = [new CoreKey(Seed)], UserData = new byte[] { 0xab } },
                "patch" => new Manifest { Version = 1, Quorum = 1, AllowPatch = true, Signers = [signer with { Namespace = new Bytes32(Seed) }] },
                _ => null,
            },
        };
    }

    private static async Task<JsonElement> RunAsync(string folder, string kind, bool flush, string steps, CoreKey? key = null)
    {
        var spec = new JsonObject
        {
            ["seed"] = Convert.ToHexStringLower(Seed),
            ["key"] = key is { } given ? Convert.ToHexStringLower(given.Value.AsSpan()) : null,
            ["steps"] = JsonNode.Parse(steps),
            ["flush"] = flush,
            ["compact"] = flush,
            ["compat"] = kind == "compat",
            ["encryptionKey"] = kind == "encrypted" ? Convert.ToHexStringLower(EncryptionKey) : null,
        };
        var manifest = new JsonObject { ["quorum"] = 1, ["namespace"] = Convert.ToHexStringLower(Seed) };
        switch (kind)
        {
            case "v0":
                manifest["version"] = 0;
                spec["manifest"] = manifest;
                break;
            case "v2":
                manifest["version"] = 2;
                manifest["linked"] = new JsonArray(Convert.ToHexStringLower(Seed));
                manifest["userData"] = "ab";
                spec["manifest"] = manifest;
                break;
            case "patch":
                manifest["version"] = 1;
                manifest["allowPatch"] = true;
                spec["manifest"] = manifest;
                break;
        }

        await using var peer = JsPeer.Start("hypercore-store.cjs", folder, spec.ToJsonString());
        var state = await peer.NextAsync("state");
        await peer.NextAsync("closed");
        Assert.Equal(0, await peer.WaitForExitAsync());
        return state;
    }

    private static async Task CompareAsync(Core core, JsonElement state)
    {
        Assert.Equal(state.Bytes("key"), core.Key.ToArray());
        Assert.Equal(state.Bytes("treeHash"), core.TreeHash.ToArray());
        Assert.Equal(state.GetProperty("length").GetUInt64(), core.Length);
        Assert.Equal(state.GetProperty("byteLength").GetUInt64(), core.ByteLength);
        Assert.Equal(state.GetProperty("fork").GetUInt64(), core.Fork);
        Assert.Equal(state.GetProperty("contiguousLength").GetUInt64(), core.ContiguousLength);
        Assert.Equal(state.GetProperty("userData").GetString(), await core.GetUserDataAsync("name") is { } data ? Convert.ToHexStringLower(data) : null);
        var index = 0UL;
        foreach (var block in state.GetProperty("blocks").EnumerateArray())
        {
            Assert.Equal(block.ValueKind != JsonValueKind.Null, core.Has(index));
            if (core.Has(index)) Assert.Equal(block.Bytes(), await core.GetAsync(index, null, Cancel));
            index++;
        }
    }
}
