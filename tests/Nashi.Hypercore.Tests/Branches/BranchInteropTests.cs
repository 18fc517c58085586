using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Storage;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests.Branches;

/// <summary>Branches in one folder, worked on in turn by us and by the reference, which calls them named sessions.</summary>
public sealed class BranchInteropTests
{
    private static readonly byte[] Seed = [.. Enumerable.Repeat((byte)1, 32)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Branch_MadeByTheReference_GoesOnHereAndBack()
    {
        using var folder = new TempFolder();
        var (first, key) = await RunAsync(folder.Path, null, """[["append",null,"c",40],["append","b","b",10],["truncate","b",45],["atom","b","a",3],["append","d","d",2]]""", "b", "d");
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, key, new() { KeyPair = KeyPair.FromSeed(Seed) });
            await CompareAsync(core, first);
            await using var b = core.Session(new() { Name = "b" });
            await BranchTests.FillAsync(b, "ours", 5);
            Assert.Equal(50UL, await core.CommitAsync(b, new() { Length = 50 }, Cancel));
            await using var d = core.Session(new() { Name = "d" });
            await d.TruncateAsync(33, null, Cancel);
            await BranchTests.FillAsync(d, "ours", 3);
        }

        var (second, _) = await RunAsync(folder.Path, key, """[["append","b","theirs",4],["commit","b"],["append","d","theirs",1],["truncate","d",30],["append","d","theirs",2]]""", "b", "d");
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, key, new() { KeyPair = KeyPair.FromSeed(Seed) });
            Assert.Equal(57UL, core.Length);
            await CompareAsync(core, second);
        }
    }

    [Fact]
    public async Task Branch_MadeHere_GoesOnInTheReference()
    {
        using var folder = new TempFolder();
        CoreKey key;
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, null, new() { KeyPair = KeyPair.FromSeed(Seed) });
            key = core.Key;
            await BranchTests.FillAsync(core, "c", 21);
            await using var branch = core.Session(new() { Name = "b" });
            var atom = new CoreAtom(store);
            await using var inside = branch.Session(new() { Atom = atom });
            await inside.TruncateAsync(new() { Length = 17, Fork = 0 }, Cancel);
            await BranchTests.FillAsync(inside, "a", 9);
            await using var main = core.Session(new() { Atom = atom });
            await BranchTests.FillAsync(main, "m", 4);
            await atom.WriteAsync();
            await using var second = core.Session(new() { Name = "e" });
            await BranchTests.FillAsync(second, "e", 6);
        }

        var (seen, _) = await RunAsync(folder.Path, key, """[["append","e","theirs",3],["commit","e"],["append","b","theirs",3]]""", "b", "e");
        await using var again = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel);
        await using var reopened = Core.Open(again, key, new() { KeyPair = KeyPair.FromSeed(Seed) });
        Assert.Equal(34UL, reopened.Length);
        await CompareAsync(reopened, seen);
    }

    private static async Task<(List<JsonElement> Sessions, CoreKey Key)> RunAsync(string folder, CoreKey? key, string steps, params string[] names)
    {
        var spec = new JsonObject
        {
            ["seed"] = Convert.ToHexStringLower(Seed),
            ["key"] = key is { } given ? Convert.ToHexStringLower(given.Value.AsSpan()) : null,
            ["steps"] = JsonNode.Parse(steps),
            ["names"] = new JsonArray([.. names.Select(name => (JsonNode)name)]),
        };
        await using var peer = JsPeer.Start("hypercore-branches.cjs", folder, spec.ToJsonString());
        var sessions = new List<JsonElement>();
        for (var i = 0; i <= names.Length; i++) sessions.Add(await peer.NextAsync("session"));
        Assert.True((await peer.NextAsync("closed")).GetProperty("signed").GetBoolean());
        Assert.Equal(0, await peer.WaitForExitAsync());
        return (sessions, Manifests.Manifest.ForKey(KeyPair.FromSeed(Seed).PublicKey).ToKey());
    }

    private static async Task CompareAsync(Core core, List<JsonElement> sessions)
    {
        foreach (var state in sessions)
        {
            await using var session = state.GetProperty("name").GetString() is { } name ? core.Session(new() { Name = name }) : core.Session();
            Assert.Equal(state.GetProperty("length").GetUInt64(), session.Length);
            Assert.Equal(state.GetProperty("fork").GetUInt64(), session.Fork);
            Assert.Equal(state.GetProperty("signedLength").GetUInt64(), session.SignedLength);
            Assert.Equal(state.Bytes("treeHash"), session.TreeHash.ToArray());
            var index = 0UL;
            foreach (var block in state.GetProperty("blocks").EnumerateArray()) Assert.Equal(block.GetString(), await BranchTests.TextAsync(session, index++));
        }
    }
}
