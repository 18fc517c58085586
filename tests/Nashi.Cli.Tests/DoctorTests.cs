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
    public async Task Doctor_NobodyAnswers_SaysWhatToTry()
    {
        using var folder = new TempFolder();

        var (code, output, errors) = await NashiProcess.RunRawAsync(["doctor", "--storage", folder["store"], "--bootstrap", "127.0.0.1:1"]);

        Assert.Equal(1, code);
        Assert.Contains("No node answers", System.Text.Encoding.UTF8.GetString(output), StringComparison.Ordinal);
        Assert.Contains("ERR_NETWORK_UNREACHABLE", errors, StringComparison.Ordinal);
    }
}
