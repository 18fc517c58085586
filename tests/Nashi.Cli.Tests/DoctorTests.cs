using Nashi.Cryptography;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi doctor</c>.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_NetworkThatAnswers_IsContent()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var folder = new TempFolder();

        using var nobody = KeyPair.Generate(SystemRandom.Instance);
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];
        await using var failed = NashiProcess.Start(["connect", nobody.PublicKey.ToString(), .. common]);
        Assert.Equal("error", (await failed.EndAsync()).GetProperty("tag").GetString());

        await using var doctor = NashiProcess.Start(["doctor", "--relay", nobody.PublicKey.ToString(), .. common]);
        _ = await doctor.NextAsync("interfaces");
        Assert.True((await doctor.NextAsync("cache")).GetProperty("nodes").GetInt32() >= 0);
        var node = await doctor.NextAsync("node");
        Assert.Equal(network.Bootstrap, node.GetProperty("address").GetString());
        Assert.True(node.GetProperty("answered").GetBoolean());
        var end = await doctor.EndAsync();

        Assert.Equal("final", end.GetProperty("tag").GetString());
        Assert.Equal(0, (await doctor.NextAsync("relays")).GetProperty("known").GetInt32());
        Assert.Contains((await doctor.NextAsync("clock")).GetProperty("state").GetString(), new[] { "Kept", "Unknown" });
        Assert.False((await doctor.NextAsync("relay")).GetProperty("reachable").GetBoolean());
        var failure = await doctor.NextAsync("failure");
        Assert.Equal(("connect", "PEER_NOT_FOUND"), (failure.GetProperty("command").GetString(), failure.GetProperty("code").GetString()));
        Assert.False(end.GetProperty("data").GetProperty("udpBlocked").GetBoolean());
        Assert.Equal(0, doctor.ExitCode);
    }

    [Fact]
    public async Task Doctor_TcpRelayNamed_TriesIt()
    {
        await using var network = await SmallNetwork.StartAsync();
        using var folder = new TempFolder();
        await using var relay = NashiProcess.Start(
            "relay", "--tls", "--tls-port", "0", "--tls-private", "--storage", folder["relay"], "--bootstrap", network.Bootstrap);
        var link = (await relay.NextAsync("tls")).GetProperty("link").GetString()!;
        Assert.Contains("?secret=", link, StringComparison.Ordinal);

        foreach (var (tried, works) in new[] { (link, true), (link[..link.IndexOf('?', StringComparison.Ordinal)], false) })
        {
            await using var doctor = NashiProcess.Start("doctor", "--tcp-relay", tried, "--storage", folder["store"], "--bootstrap", network.Bootstrap);
            var found = await doctor.NextAsync("tcp-relay");
            Assert.Equal(works, found.GetProperty("works").GetBoolean());
            Assert.DoesNotContain("secret", found.GetProperty("link").GetString(), StringComparison.Ordinal);
            Assert.False((await doctor.EndAsync()).GetProperty("data").GetProperty("udpBlocked").GetBoolean());
        }

        var (code, _, errors) = await NashiProcess.RunRawAsync(
            ["connect", new string('a', 64), "--tcp-relay", "nashi-relay://nonsense", "--storage", folder["store"], "--bootstrap", network.Bootstrap]);
        Assert.NotEqual(0, code);
        Assert.Contains("RELAY_LINK_INVALID", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NobodyAnswers_SaysWhatToTry()
    {
        using var folder = new TempFolder();

        var (code, output, errors) = await NashiProcess.RunRawAsync(["doctor", "--storage", folder["store"], "--bootstrap", "127.0.0.1:1"]);

        Assert.Equal(1, code);
        Assert.Contains("No node answers", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        Assert.Contains("ERR_NETWORK_UNREACHABLE", errors, StringComparison.Ordinal);
    }
}
