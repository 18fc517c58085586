using System.Security.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary>Single cores between <c>nashi core</c> and the npm packages.</summary>
public sealed class CoreInteropTests
{
    [Fact]
    public async Task CoreSeed_JavaScriptPeer_Clones()
    {
        await using var network = await LocalNetwork.JavaScriptFirstAsync();
        using var folder = new TempFolder();
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];
        var key = (await NashiProcess.RunAsync(["core", "create", "--name", "log", .. common])).GetProperty("key").GetString()!;
        _ = await NashiProcess.RunAsync(["core", "append", key, "a", "bb", "ccc", .. common]);
        await using var seeder = NashiProcess.Start(["core", "seed", key, .. common]);
        _ = await seeder.NextAsync("announced");

        var hex = Convert.ToHexStringLower(Id32.Parse<CoreKey>(key).Value.AsSpan());
        await using var js = JsPeer.Start("cli-core.cjs", $"--bootstrap={network.Bootstrap}", $"--store={folder["js"]}", $"--clone={hex}");
        var cloned = await js.NextAsync("cloned");

        Assert.Equal(3, cloned.GetProperty("length").GetInt32());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData("abbccc"u8)), cloned.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task CoreClone_OfJavaScriptPeer_HoldsEveryBlock()
    {
        await using var network = await LocalNetwork.NashiFirstAsync();
        using var folder = new TempFolder();
        await using var js = JsPeer.Start("cli-core.cjs", $"--bootstrap={network.Bootstrap}", $"--store={folder["js"]}", "--seed", "--blocks=1000");
        var key = (await js.NextAsync("seeding")).GetProperty("key").GetString()!;
        string[] common = ["--storage", folder["store"], "--bootstrap", network.Bootstrap];

        var result = await NashiProcess.RunAsync(["core", "clone", key, .. common]);

        Assert.Equal(1000UL, result.GetProperty("length").GetUInt64());
        var (code, bytes, _) = await NashiProcess.RunRawAsync(["core", "cat", key, "--from", "998", .. common]);
        Assert.Equal(0, code);
        Assert.Equal("block 998block 999", System.Text.Encoding.UTF8.GetString(bytes));
    }

    [Fact]
    public async Task CoreAppend_Lines_AcknowledgesEachAndKeepsThemAcrossKill()
    {
        using var folder = new TempFolder();
        string[] common = ["--storage", folder["store"], "--bootstrap", "127.0.0.1:1"];
        var key = (await NashiProcess.RunAsync(["core", "create", .. common])).GetProperty("key").GetString()!;
        await using (var append = NashiProcess.Start(["core", "append", key, "--lines", .. common]))
        {
            for (var i = 0; i < 10; i++) await append.Input.WriteLineAsync($"line {i}");
            await append.Input.FlushAsync();
            for (var i = 0; i < 10; i++) Assert.Equal(i + 1, (await append.NextAsync("appended")).GetProperty("length").GetInt32());
            append.Kill();
        }

        var (code, bytes, _) = await NashiProcess.RunRawAsync(["core", "get", key, "9", .. common]);
        Assert.Equal(0, code);
        Assert.Equal("line 9", System.Text.Encoding.UTF8.GetString(bytes));
    }
}
