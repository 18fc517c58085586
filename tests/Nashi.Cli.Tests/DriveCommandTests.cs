using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi drive</c>, with a store of its own and no network but where one is said.</summary>
public sealed class DriveCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public async Task Files_PutListedReadComparedRemoved_AreAsWritten()
    {
        var link = await TouchAsync();
        await File.WriteAllTextAsync(_folder["a.txt"], "0123456789");
        _ = await RunAsync("drive", "put", link, "docs/a.txt", _folder["a.txt"]);
        _ = await RunRawAsync(["drive", "put", link, "/b.txt"], "from standard input"u8.ToArray());

        var listed = await RunRawAsync(["drive", "ls", link], null);
        Assert.Contains("/b.txt", listed, StringComparison.Ordinal);
        Assert.Contains("10 B  /docs/a.txt", listed, StringComparison.Ordinal);
        Assert.Contains("/docs/", await RunRawAsync(["drive", "ls", "--flat", link], null), StringComparison.Ordinal);
        Assert.Equal("0123456789", await RunRawAsync(["drive", "cat", link, "docs/a.txt"], null));
        Assert.Equal("234", await RunRawAsync(["drive", "cat", link, "/docs/a.txt", "--range", "2-4"], null));
        Assert.Equal("789", await RunRawAsync(["drive", "cat", link + "/docs/a.txt", "--range", "7-"], null));

        var before = (await RunAsync("drive", "ls", link)).GetProperty("version").GetUInt64();
        Assert.Equal(1, (await RunAsync("drive", "rm", link, "/docs", "-r")).GetProperty("removed").GetInt32());
        Assert.Equal("- /docs/a.txt\n", await RunRawAsync(["drive", "diff", link, $"{before}"], null));
        var history = await RunRawAsync(["drive", "history", link], null);
        Assert.StartsWith("- /docs/a.txt", history.TrimStart(' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'), StringComparison.Ordinal);
        Assert.Equal(3, history.TrimEnd().Split('\n').Length);
    }

    [Fact]
    public async Task Cat_NothingThere_FailsAndSaysSo()
    {
        var (code, _, errors) = await NashiProcess.RunRawAsync(Line(["drive", "cat", await TouchAsync(), "none"]));
        Assert.Equal(1, code);
        Assert.Contains("There is nothing at", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mirror_FolderToDriveToFolder_IsEqual()
    {
        var link = await TouchAsync();
        Files.WriteSample(_folder["source"]);
        _ = await RunAsync("drive", "mirror", _folder["source"], link);
        _ = await RunAsync("drive", "mirror", link, _folder["target"]);
        Assert.Equal(Files.Hashes(_folder["source"]), Files.Hashes(_folder["target"]));
    }

    [Fact]
    public async Task Sync_OwnDriveAndACopy_FollowTheFolder()
    {
        await using var network = await SmallNetwork.StartAsync();
        var link = await TouchAsync();
        Files.WriteSample(_folder["source"]);
        await using var up = NashiProcess.Start([.. Line(["drive", "sync", link, _folder["source"]], network.Bootstrap)]);
        _ = await up.NextAsync("announced");
        var copy = _folder["copy"];
        await using var down = NashiProcess.Start("drive", "sync", link, copy, "--storage", _folder["other"], "--bootstrap", network.Bootstrap);
        _ = await down.NextAsync("synced");
        await UntilAsync(down, () => Files.Hashes(_folder["source"]).SequenceEqual(Files.Hashes(copy)));

        await File.WriteAllTextAsync(Path.Combine(_folder["source"], "new.txt"), "new");
        File.Delete(Path.Combine(_folder["source"], "run.sh"));
        await UntilAsync(down, () => Files.Hashes(_folder["source"]).SequenceEqual(Files.Hashes(copy)));
        Assert.False(File.Exists(Path.Combine(copy, "run.sh")));

        up.Interrupt();
        Assert.Equal("final", (await up.EndAsync()).GetProperty("tag").GetString());
    }

    [Fact]
    public async Task Sync_IntoAFolderWithOtherFiles_IsRefused()
    {
        var link = await TouchAsync();
        _ = await RunRawAsync(["drive", "put", link, "/b.txt"], "x"u8.ToArray());
        Directory.CreateDirectory(_folder["full"]);
        await File.WriteAllTextAsync(Path.Combine(_folder["full"], "mine.txt"), "mine");
        var (code, _, errors) = await NashiProcess.RunRawAsync(Line(["drive", "sync", link, _folder["full"], "--down"]));
        Assert.Equal(1, code);
        Assert.Contains("mine.txt", errors, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_folder["full"], "mine.txt")));
    }

    [Fact]
    public async Task Serve_File_CanBeFetched()
    {
        var link = await TouchAsync();
        _ = await RunRawAsync(["drive", "put", link, "/index.html"], "<h1>hello</h1>"u8.ToArray());
        await using var network = await SmallNetwork.StartAsync();
        await using var serve = NashiProcess.Start([.. Line(["drive", "serve", link], network.Bootstrap)]);
        var url = (await serve.NextAsync("serving")).GetProperty("url").GetString()!;
        using var client = new HttpClient();
        Assert.Equal("<h1>hello</h1>", await client.GetStringAsync(new Uri(url), TestContext.Current.CancellationToken));
        serve.Interrupt();
        Assert.Equal("final", (await serve.EndAsync()).GetProperty("tag").GetString());
    }

    public void Dispose() => _folder.Dispose();

    private static async Task UntilAsync(NashiProcess process, Func<bool> isSo)
    {
        while (!isSo()) _ = await process.NextAsync("synced");
    }

    private string[] Line(string[] arguments, string bootstrap = "127.0.0.1:9") => [.. arguments, "--storage", _folder["store"], "--bootstrap", bootstrap];

    private async Task<string> TouchAsync() => (await RunAsync("touch")).GetProperty("link").GetString()!;

    private async Task<JsonElement> RunAsync(params string[] arguments) => await NashiProcess.RunAsync(Line(arguments));

    private async Task<string> RunRawAsync(string[] arguments, byte[]? input)
    {
        var (code, output, errors) = await NashiProcess.RunRawAsync(Line(arguments), input);
        Assert.True(code == 0, errors);
        return System.Text.Encoding.UTF8.GetString(output);
    }
}
