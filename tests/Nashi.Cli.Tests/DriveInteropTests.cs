using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary>Folders between <c>nashi</c> and the npm packages, over a network of both.</summary>
public sealed class DriveInteropTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Seed_JavaScriptPeer_DownloadsEveryByte(bool nashiFirst)
    {
        await using var network = await LocalNetwork.StartAsync(nashiFirst);
        using var folder = new TempFolder();
        var source = folder["source"];
        Files.WriteSample(source);
        var (link, key) = await TouchAsync(network, folder);
        _ = await NashiProcess.RunAsync("stage", link, source, "--storage", folder["store"], "--bootstrap", network.Bootstrap);
        await using var seeder = NashiProcess.Start("seed", link, "--storage", folder["store"], "--bootstrap", network.Bootstrap);
        _ = await seeder.NextAsync("announced");

        await using var js = JsPeer.Start("cli-drive-get.cjs", $"--bootstrap={network.Bootstrap}", $"--store={folder["js"]}", $"--key={key}");
        var files = (await js.NextAsync("files")).GetProperty("files");

        Assert.Equal(Files.Hashes(source), HashesOf(files));
        Assert.True(files.GetProperty("/run.sh").GetProperty("executable").GetBoolean());
        Assert.True(files.GetProperty("/large.bin").GetProperty("blockMap").GetBoolean());
        seeder.Interrupt();
        Assert.Equal("final", (await seeder.EndAsync()).GetProperty("tag").GetString());
        Assert.Equal(0, seeder.ExitCode);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, true)]
    public async Task Dump_DriveOfJavaScriptPeer_HasEveryByte(bool nashiFirst, bool dedup)
    {
        await using var network = await LocalNetwork.StartAsync(nashiFirst);
        using var folder = new TempFolder();
        var source = folder["source"];
        Files.WriteSample(source);
        await using var js = JsPeer.Start(
            "cli-drive-seed.cjs", [$"--bootstrap={network.Bootstrap}", $"--store={folder["js"]}", $"--dir={source}", .. dedup ? (string[])["--dedup"] : []]);
        var seeding = await js.NextAsync("seeding");
        Assert.Equal(dedup, seeding.GetProperty("maps").GetArrayLength() > 0);
        var link = "pear://" + seeding.GetProperty("key").GetString();
        var target = folder["target"];

        var result = await NashiProcess.RunAsync("dump", link, target, "--storage", folder["store"], "--bootstrap", network.Bootstrap);

        Assert.True(result.GetProperty("success").GetBoolean());
        Assert.Equal(Files.Hashes(source), Files.Hashes(target));
        if (!OperatingSystem.IsWindows()) Assert.True(File.GetUnixFileMode(Path.Combine(target, "run.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task Get_StoppedByCtrlC_ResumesAndVerifies()
    {
        await using var network = await LocalNetwork.NashiFirstAsync();
        using var folder = new TempFolder();
        var source = folder["source"];
        Files.WriteSample(source);
        await using var sharer = NashiProcess.Start("share", source, "--storage", folder["a"], "--bootstrap", network.Bootstrap);
        var link = (await sharer.NextAsync("link")).GetProperty("link").GetString()!;
        string[] get = ["get", link, folder["target"], "--storage", folder["b"], "--bootstrap", network.Bootstrap];

        await using (var first = NashiProcess.Start(get))
        {
            _ = await first.NextAsync("byte-diff");
            first.Interrupt();
            _ = await first.EndAsync();
        }

        _ = await NashiProcess.RunAsync(get);
        Assert.Equal(Files.Hashes(source), Files.Hashes(folder["target"]));
    }

    [Fact]
    public async Task Get_UnknownKey_SaysThatNoPeerWasFound()
    {
        await using var network = await LocalNetwork.NashiFirstAsync();
        using var folder = new TempFolder();
        await using var get = NashiProcess.Start(
            "get", "pear://" + new string('y', 52), folder["target"], "--storage", folder["store"], "--bootstrap", network.Bootstrap);

        var last = await get.EndAsync();

        Assert.Equal("error", last.GetProperty("tag").GetString());
        Assert.Equal("PEER_NOT_FOUND", last.GetProperty("data").GetProperty("code").GetString());
        Assert.Contains("nashi seed", last.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, get.ExitCode);
    }

    [Fact]
    public async Task Stage_DryRunThenOnlyThenPurge_WritesWhatItSays()
    {
        using var folder = new TempFolder();
        var source = folder["source"];
        Files.WriteSample(source);
        string[] common = ["--storage", folder["store"], "--bootstrap", "127.0.0.1:1"];
        var link = (await NashiProcess.RunAsync(["touch", .. common])).GetProperty("link").GetString()!;

        _ = await NashiProcess.RunAsync(["stage", link, source, "--dry-run", .. common]);
        Assert.Equal(0UL, (await NashiProcess.RunAsync(["info", link, .. common])).GetProperty("length").GetUInt64());

        _ = await NashiProcess.RunAsync(["stage", link, source, .. common]);
        Assert.Equal(Files.Hashes(source).Keys, await ListAsync(link, common));

        _ = await NashiProcess.RunAsync(["stage", link, source, "--ignore", "deep", .. common]);
        Assert.Equal(Files.Hashes(source).Keys, await ListAsync(link, common));

        _ = await NashiProcess.RunAsync(["stage", link, source, "--ignore", "deep", "--purge", .. common]);
        Assert.Equal(Files.Hashes(source).Keys.Where(path => !path.StartsWith("/deep/", StringComparison.Ordinal)), await ListAsync(link, common));
    }

    private static async Task<(string Link, string HexKey)> TouchAsync(LocalNetwork network, TempFolder folder)
    {
        var link = (await NashiProcess.RunAsync("touch", "--storage", folder["store"], "--bootstrap", network.Bootstrap)).GetProperty("link").GetString()!;
        return (link, Convert.ToHexStringLower(Deploy.PearLink.Parse(link).Key.Value.AsSpan()));
    }

    private static async Task<List<string>> ListAsync(string link, string[] common)
    {
        await using var dump = NashiProcess.Start(["dump", link, "--list", .. common]);
        dump.Input.Close();
        var paths = new List<string>();
        var count = (await dump.EndAsync()).GetProperty("data").GetProperty("files").GetInt32();
        for (var i = 0; i < count; i++) paths.Add((await dump.NextAsync("file")).GetProperty("path").GetString()!);
        paths.Sort(StringComparer.Ordinal);
        return paths;
    }

    private static SortedDictionary<string, string> HashesOf(JsonElement files)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files.EnumerateObject()) hashes[file.Name] = file.Value.GetProperty("hash").GetString()!;
        return hashes;
    }
}
