using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Hypercore.Tests.Stores;

/// <summary>One folder, opened in turn by the reference's corestore and ours.</summary>
public sealed class CorestoreInteropTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task OpenAsync_StoreOfTheReference_FindsItsNamedCores()
    {
        using var folder = new TempFolder();
        var first = await JsAsync(folder["s"], Append("log", 3, "js"), Append("log", 2, "js", "app"), Simple("list"));

        await using (var store = await Corestore.OpenAsync(folder["s"]))
        {
            await using var root = await store.GetAsync("log");
            await using var inner = await store.Namespace("app").GetAsync("log");
            AssertSame(first[0], root);
            AssertSame(first[1], inner);
            Assert.Equal("js2"u8.ToArray(), await root.GetAsync(2));
            Assert.Equal(first[2].GetProperty("cores").EnumerateArray().Select(each => each.GetString()), store.List().Select(each => Convert.ToHexStringLower(each.ToArray())));
            for (var i = 3; i < 6; i++) await root.AppendAsync(System.Text.Encoding.UTF8.GetBytes($"js{i}"));
        }

        var again = await JsAsync(folder["s"], Read("log"), Append("log", 1, "js"));
        Assert.Equal(6, again[0].GetProperty("length").GetInt32());
        Assert.True(again[0].GetProperty("writable").GetBoolean());
        Assert.Equal("js5", again[0].GetProperty("blocks")[5].GetString());
        await using var last = await Corestore.OpenAsync(folder["s"]);
        await using var seven = await last.GetAsync("log");
        AssertSame(again[1], seven);
        Assert.Equal(7UL, seven.ContiguousLength);
    }

    [Fact]
    public async Task OpenAsync_StoreOfOurs_IsFoundByTheReference()
    {
        using var folder = new TempFolder();
        Bytes32 treeHash;
        CoreKey key;
        await using (var store = await Corestore.OpenAsync(folder["s"]))
        {
            await using var core = await store.Namespace("app").GetAsync("log");
            for (var i = 0; i < 40; i++) await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes($"cs{i}"));
            (treeHash, key) = (core.TreeHash, core.Key);
        }

        var seen = await JsAsync(folder["s"], Read("log", "app"), Append("log", 2, "js", "app"), Append("new", 1, "js"));
        Assert.Equal(Convert.ToHexStringLower(key.ToArray()), seen[0].GetProperty("key").GetString());
        Assert.Equal(Convert.ToHexStringLower(treeHash.AsSpan()), seen[0].GetProperty("treeHash").GetString());
        Assert.True(seen[0].GetProperty("writable").GetBoolean());
        Assert.Equal("cs39", seen[0].GetProperty("blocks")[39].GetString());
        await using var again = await Corestore.OpenAsync(folder["s"]);
        await using var grown = await again.GetAsync(key);
        AssertSame(seen[1], grown);
        Assert.Equal("js41"u8.ToArray(), await grown.GetAsync(41));
        await using var made = await again.GetAsync("new");
        AssertSame(seen[2], made);
    }

    [Fact]
    public async Task Replicate_WithTheReference_BothWays()
    {
        using var folder = new TempFolder();
        await using var js = JsPeer.Start("corestore-peer.cjs", folder["js"]);
        await js.NextAsync("open");
        var theirs = await AskAsync(js, Append("theirs", 50, "js"));
        var port = (await AskAsync(js, Simple("listen"))).GetProperty("port").GetInt32();

        await using var store = await Corestore.OpenAsync(folder["cs"]);
        CoreKey key;
        await using (var ours = await store.GetAsync("ours"))
        {
            key = ours.Key;
            for (var i = 0; i < 50; i++) await ours.AppendAsync(System.Text.Encoding.UTF8.GetBytes($"cs{i}"));
        }

        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        using var pair = store.CreateKeyPair("connection");
        var stream = await SecretStream.SecretStream.OpenAsync(socket.GetStream(), isInitiator: true, new SecretStreamOptions { KeyPair = pair });
        await using var replication = store.Replicate(stream);

        await using var copy = await store.GetAsync(new CoreKey(theirs.Bytes("key")));
        Assert.Equal("js49"u8.ToArray(), await copy.GetAsync(49).AsTask().WaitAsync(Patience));
        Assert.Equal(theirs.Bytes("treeHash"), copy.TreeHash.ToArray());
        // Ours is closed: it is opened because they ask for it.
        var fetched = await AskAsync(js, new JsonObject { ["op"] = "fetch", ["key"] = Convert.ToHexStringLower(key.ToArray()), ["index"] = 7 });
        Assert.Equal("cs7", fetched.GetProperty("block").GetString());
        Assert.Equal(50, fetched.GetProperty("length").GetInt32());
        for (ulong i = 0; i < 50; i++) Assert.Equal($"js{i}", System.Text.Encoding.UTF8.GetString(await copy.GetAsync(i).AsTask().WaitAsync(Patience)));
    }

    private static void AssertSame(JsonElement js, Core core)
    {
        Assert.Equal(js.Bytes("key"), core.Key.ToArray());
        Assert.Equal(js.GetProperty("length").GetUInt64(), core.Length);
        Assert.Equal(js.Bytes("treeHash"), core.TreeHash.ToArray());
        Assert.True(core.IsWritable);
    }

    private static async Task<List<JsonElement>> JsAsync(string folder, params JsonObject[] commands)
    {
        await using var js = JsPeer.Start("corestore-peer.cjs", folder);
        await js.NextAsync("open");
        var answers = new List<JsonElement>();
        foreach (var command in commands.Append(Simple("close")))
        {
            answers.Add(await AskAsync(js, command));
        }

        await js.WaitForExitAsync();
        return answers;
    }

    private static async Task<JsonElement> AskAsync(JsPeer js, JsonObject command)
    {
        await js.SendAsync(command);
        var answer = await js.NextAsync("answer");
        Assert.False(answer.TryGetProperty("failed", out var why), why.ToString());
        return answer;
    }

    private static JsonObject Simple(string operation) => new() { ["op"] = operation };

    private static JsonObject Append(string name, int count, string text, params string[] spaces) =>
        new() { ["op"] = "append", ["name"] = name, ["count"] = count, ["text"] = text, ["namespaces"] = Array(spaces) };

    private static JsonObject Read(string name, params string[] spaces) => new() { ["op"] = "read", ["name"] = name, ["namespaces"] = Array(spaces) };

    private static JsonArray Array(string[] spaces) => [.. spaces.Select(space => (JsonNode)space)];
}
