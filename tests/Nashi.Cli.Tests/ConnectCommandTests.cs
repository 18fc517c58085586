using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi connect</c> and <c>nashi relay</c>.</summary>
public sealed class ConnectCommandTests
{
    [Fact]
    public async Task Connect_JavaScriptServer_ShowsEveryStepAndTheWay()
    {
        await using var js = JsPeer.Start("connect-peer.cjs");
        var bootstrap = (await js.NextAsync("ready")).GetProperty("bootstrap")[0].GetString()!;
        var seed = Convert.ToHexStringLower(new byte[31].Append((byte)5).ToArray());
        await js.SendAsync(new JsonObject { ["do"] = "server", ["seed"] = seed });
        var key = (await js.NextAsync("listening")).GetProperty("key").GetString()!;
        using var folder = new TempFolder();

        await using var connect = NashiProcess.Start("connect", key, "--storage", folder["store"], "--bootstrap", bootstrap);
        Assert.True((await connect.NextAsync("step")).GetProperty("ms").GetDouble() >= 0);
        var end = await connect.EndAsync();

        Assert.Equal("final", end.GetProperty("tag").GetString());
        Assert.StartsWith("127.0.0.1:", end.GetProperty("data").GetProperty("address").GetString(), StringComparison.Ordinal);
        Assert.Equal(Id32.Parse<PublicKey>(key).ToString(), end.GetProperty("data").GetProperty("publicKey").GetString());
        _ = await js.NextAsync("closed");
    }

    [Fact]
    public async Task Connect_NobodyThere_FailsWithTheReason()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var folder = new TempFolder();
        var nobody = new PublicKey(Blake2b.Hash("nobody"u8)).ToString();

        var (code, _, errors) = await NashiProcess.RunRawAsync(["connect", nobody, "--storage", folder["store"], "--bootstrap", network.Bootstrap]);

        Assert.Equal(1, code);
        Assert.Contains("PEER_NOT_FOUND", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relay_KeepsItsKeyAndServesOnlyWhoIsAllowed()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var folder = new TempFolder();
        var (friend, stranger) = (WriteSeed(folder["friend"], 1), WriteSeed(folder["stranger"], 2));
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];
        string first;
        await using (var relay = NashiProcess.Start(["relay", "--allow", friend, .. common]))
        {
            first = (await relay.NextAsync("listening")).GetProperty("publicKey").GetString()!;
            Assert.Equal(first, (await NashiProcess.RunAsync(["connect", first, "--seed-file", folder["friend"], .. common])).GetProperty("publicKey").GetString());
            var opened = await relay.NextAsync("event");
            Assert.Equal("Opened", opened.GetProperty("event").GetString());
            Assert.Equal(friend, opened.GetProperty("client").GetString());

            await using var refused = NashiProcess.Start(["connect", first, "--seed-file", folder["stranger"], .. common]);
            Assert.Equal("error", (await refused.EndAsync()).GetProperty("tag").GetString());
            Assert.NotEqual(friend, stranger);

            relay.Interrupt();
            Assert.Equal(1, (await relay.EndAsync()).GetProperty("data").GetProperty("sessionsTotal").GetInt32());
        }

        await using var again = NashiProcess.Start(["relay", .. common]);
        Assert.Equal(first, (await again.NextAsync("listening")).GetProperty("publicKey").GetString());
    }

    [Fact]
    public async Task Connect_WithARelay_DialsIt()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var folder = new TempFolder();
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];
        await using var relay = NashiProcess.Start(["relay", .. common]);
        var relayKey = (await relay.NextAsync("listening")).GetProperty("publicKey").GetString()!;
        await using var server = NashiProcess.Start(["dht", "announce", "topic", "--name", .. common]);
        var key = (await server.NextAsync("announced")).GetProperty("publicKey").GetString()!;

        var (code, output, errors) = await NashiProcess.RunRawAsync(["connect", key, "--relay", relayKey, .. common]);

        Assert.True(code == 0, errors);
        Assert.Contains($"relay {relayKey}", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        _ = await server.NextAsync("connection");
    }

    private static string WriteSeed(string path, byte seed)
    {
        byte[] bytes = [.. Enumerable.Repeat(seed, KeyPair.SeedSize)];
        File.WriteAllText(path, Convert.ToHexStringLower(bytes));
        using var pair = KeyPair.FromSeed(bytes);
        return pair.PublicKey.ToString();
    }
}
