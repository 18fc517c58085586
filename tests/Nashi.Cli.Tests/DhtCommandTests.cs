using System.Text;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi dht</c> on a network of JavaScript and C# nodes.</summary>
public sealed class DhtCommandTests
{
    [Fact]
    public async Task Dht_ValuesAndTopics_AreSharedWithJavaScript()
    {
        await using var network = await LocalNetwork.JavaScriptFirstAsync();
        using var folder = new TempFolder();
        var port = network.Bootstrap[(network.Bootstrap.LastIndexOf(':') + 1)..];
        await using var js = JsPeer.Start("dht-net.cjs", "1", port);
        _ = await js.NextAsync("ready");
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];

        await PutAndGetAsync(js, common);
        await ReadTheirsAsync(js, common);
        await AnnounceAndLookUpAsync(js, common);
    }

    [Fact]
    public async Task DhtPing_TellsTimeAndAddress_OrThatNobodyIsThere()
    {
        await using var first = NashiProcess.Start("dht", "node", "--isolated", "--host", "127.0.0.1", "--port", "0");
        var bootstrap = $"127.0.0.1:{(await first.NextAsync("listening")).GetProperty("port").GetInt32()}";
        using var folder = new TempFolder();
        string[] common = ["--storage", folder["store"], "--bootstrap", bootstrap];

        await using var ping = NashiProcess.Start(["dht", "ping", bootstrap, .. common]);
        Assert.StartsWith("127.0.0.1:", (await ping.NextAsync("answer")).GetProperty("seen").GetString(), StringComparison.Ordinal);
        Assert.Equal(4, (await ping.EndAsync()).GetProperty("data").GetProperty("answered").GetInt32());

        var (code, _, errors) = await NashiProcess.RunRawAsync(["dht", "ping", "127.0.0.1:1", "--count", "1", .. common]);
        Assert.Equal(1, code);
        Assert.Contains("ERR_NO_ANSWER", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dht", "lookup", "not a topic")]
    [InlineData("dht", "get", "short")]
    [InlineData("dht", "put", "value", "--seq", "1")]
    [InlineData("dht", "ping", "127.0.0.1:1", "--count", "0")]
    public async Task Dht_WrongLine_IsAUsageError(params string[] line)
    {
        var (code, _, errors) = await NashiProcess.RunRawAsync([.. line, "--bootstrap", "127.0.0.1:1"]);
        Assert.True(code == 2, errors);
    }

    private static async Task PutAndGetAsync(JsPeer js, string[] common)
    {
        var hash = (await NashiProcess.RunAsync(["dht", "put", "for all", .. common])).GetProperty("hash").GetString()!;
        await js.SendAsync(new JsonObject { ["do"] = "immutableGet", ["hash"] = HexOf(hash) });
        Assert.Equal(Convert.ToHexStringLower("for all"u8), (await js.NextAsync("got")).GetProperty("value").GetString());

        var key = (await NashiProcess.RunAsync(["dht", "put", "one", "--mutable", .. common])).GetProperty("publicKey").GetString()!;
        var second = await NashiProcess.RunAsync(["dht", "put", "two", "--mutable", .. common]);
        Assert.Equal(key, second.GetProperty("publicKey").GetString());
        Assert.Equal(1, second.GetProperty("seq").GetInt32());
        await js.SendAsync(new JsonObject { ["do"] = "mutableGet", ["key"] = HexOf(key) });
        Assert.Equal(Convert.ToHexStringLower("two"u8), (await js.NextAsync("got")).GetProperty("value").GetString());
    }

    private static async Task ReadTheirsAsync(JsPeer js, string[] common)
    {
        await js.SendAsync(new JsonObject { ["do"] = "immutablePut", ["value"] = Convert.ToHexStringLower("from javascript"u8) });
        var hash = (await js.NextAsync("put")).GetProperty("hash").GetString()!;
        var (code, bytes, errors) = await NashiProcess.RunRawAsync(["dht", "get", hash, .. common]);
        Assert.True(code == 0, errors);
        Assert.Equal("from javascript", System.Text.Encoding.UTF8.GetString(bytes));
        Assert.Equal(1, (await NashiProcess.RunRawAsync(["dht", "get", hash, "--mutable", .. common])).Code);

        using var pair = KeyPair.FromSeed(new byte[31].Append((byte)9).ToArray());
        await js.SendAsync(new JsonObject { ["do"] = "mutablePut", ["seed"] = Convert.ToHexStringLower(pair.Seed), ["value"] = "0aff", ["seq"] = 4 });
        _ = await js.NextAsync("put");
        var got = await NashiProcess.RunAsync(["dht", "get", pair.PublicKey.ToString(), .. common]);
        Assert.Equal("0aff", got.GetProperty("value").GetString());
        Assert.Equal(4, got.GetProperty("seq").GetInt32());
    }

    private static async Task AnnounceAndLookUpAsync(JsPeer js, string[] common)
    {
        await using var announce = NashiProcess.Start(["dht", "announce", "a name", "--name", .. common]);
        var announced = await announce.NextAsync("announced");
        var (topic, key) = (announced.GetProperty("topic").GetString()!, announced.GetProperty("publicKey").GetString()!);
        await js.SendAsync(new JsonObject { ["do"] = "lookup", ["topic"] = HexOf(topic) });
        var peer = Assert.Single((await js.NextAsync("looked")).GetProperty("peers").EnumerateArray());
        Assert.Equal(HexOf(key), peer.GetProperty("key").GetString());

        await using var lookup = NashiProcess.Start(["dht", "lookup", topic, .. common]);
        Assert.Equal(key, (await lookup.NextAsync("peer")).GetProperty("publicKey").GetString());
        Assert.Equal(1, (await lookup.EndAsync()).GetProperty("data").GetProperty("peers").GetInt32());

        announce.Interrupt();
        Assert.Equal("final", (await announce.EndAsync()).GetProperty("tag").GetString());
        Assert.Equal(0, (await NashiProcess.RunAsync(["dht", "lookup", "a name", "--name", .. common])).GetProperty("peers").GetInt32());
    }

    private static string HexOf(string id) => Convert.ToHexStringLower(Id32.Parse<CoreKey>(id).ToArray());
}
