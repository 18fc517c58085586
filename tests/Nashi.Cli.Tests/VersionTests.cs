using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary>Versions of a drive, by number, verlink and hashlink; and the errors of a careless user.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string[] Common => ["--storage", _folder["store"], "--bootstrap", "127.0.0.1:1"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Dump_OldVersion_ByNumberAndByVerlink()
    {
        var link = await TouchAsync();
        var first = await StageAsync(link, "one");
        var second = await StageAsync(link, "two");
        Assert.NotEqual(first, second);

        _ = await NashiProcess.RunAsync(["dump", first, _folder["old"], .. Common]);
        _ = await NashiProcess.RunAsync(["dump", link, _folder["new"], .. Common]);
        var number = first.Split("//")[1].Split('.')[1];
        _ = await NashiProcess.RunAsync(["dump", link, _folder["number"], "--checkout", number, .. Common]);

        Assert.Equal("one", await File.ReadAllTextAsync(_folder["old", "text"]));
        Assert.Equal("two", await File.ReadAllTextAsync(_folder["new", "text"]));
        Assert.Equal("one", await File.ReadAllTextAsync(_folder["number", "text"]));
    }

    [Fact]
    public async Task Dump_HashlinkOfOtherContent_IsRefused()
    {
        var verlink = await StageAsync(await TouchAsync(), "one");
        Assert.Equal("ERR_VERSION_NOT_FOUND", await ErrorAsync("dump", verlink + "." + new string('y', 52), _folder["out"]));
        Assert.False(File.Exists(_folder["out", "text"]));
    }

    [Fact]
    public async Task Dump_VersionThatIsNotThere_IsRefused()
    {
        var link = await TouchAsync();
        _ = await StageAsync(link, "one");
        Assert.Equal("ERR_VERSION_NOT_FOUND", await ErrorAsync("dump", link, _folder["out"], "--checkout", "99"));
    }

    [Fact]
    public async Task Dump_FolderWithOtherFiles_IsRefusedUnlessForced()
    {
        var link = await TouchAsync();
        _ = await StageAsync(link, "one");
        Directory.CreateDirectory(_folder["out"]);
        await File.WriteAllTextAsync(_folder["out", "mine"], "mine");
        Assert.Equal("ERR_DIR_NONEMPTY", await ErrorAsync("dump", link, _folder["out"]));
        _ = await NashiProcess.RunAsync(["dump", link, _folder["out"], "--force", "--no-prune", .. Common]);
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["out", "mine"]));
        _ = await NashiProcess.RunAsync(["dump", link, _folder["out"], "--force", "--dry-run", .. Common]);
        Assert.True(File.Exists(_folder["out", "mine"]));
        _ = await NashiProcess.RunAsync(["dump", link, _folder["out"], "--force", .. Common]);
        Assert.False(File.Exists(_folder["out", "mine"]));
    }

    [Fact]
    public async Task Get_WouldOverwriteOtherContent_IsRefused()
    {
        var link = await TouchAsync();
        _ = await StageAsync(link, "one");
        Directory.CreateDirectory(_folder["out"]);
        await File.WriteAllTextAsync(_folder["out", "text"], "mine");
        Assert.Equal("ERR_DIR_NONEMPTY", await ErrorAsync("get", link, _folder["out"]));
        Assert.Equal("mine", await File.ReadAllTextAsync(_folder["out", "text"]));
    }

    [Fact]
    public async Task Dump_ToStandardOutput_WritesOneFile()
    {
        var link = await TouchAsync();
        _ = await StageAsync(link, "one");
        var (code, output, errors) = await NashiProcess.RunRawAsync(["dump", link + "/text", "-", .. Common]);
        Assert.True(code == 0, errors);
        Assert.Equal("one", System.Text.Encoding.UTF8.GetString(output));
        Assert.Equal("ERR_NOT_FOUND", await ErrorAsync("dump", link + "/absent", _folder["out"]));
    }

    [Fact]
    public async Task Stage_IntoALinkOfSomebodyElse_IsRefused()
    {
        Directory.CreateDirectory(_folder["source"]);
        Assert.Equal("ERR_NOT_WRITABLE", await ErrorAsync("stage", "pear://" + new string('y', 52), _folder["source"]));
    }

    [Fact]
    public async Task Store_UsedByAnotherProcess_SaysSo()
    {
        await using var holder = NashiProcess.Start(["core", "append", await CreateCoreAsync(), "--lines", .. Common]);
        await holder.Input.WriteLineAsync("x");
        await holder.Input.FlushAsync();
        _ = await holder.NextAsync("appended");
        await using var second = NashiProcess.Start(["touch", .. Common]);
        var last = await second.EndAsync();
        Assert.Equal("error", last.GetProperty("tag").GetString());
        Assert.Contains("another process", last.GetProperty("data").GetProperty("message").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("get", "http://example.org")]
    [InlineData("info", "pear://short")]
    [InlineData("dump", "pear://1.2")]
    [InlineData("core", "nonsense")]
    public async Task BadCommandLine_IsAUsageError(params string[] arguments)
    {
        await using var process = NashiProcess.Start(arguments);
        process.Input.Close();
        var last = await process.EndAsync();
        Assert.Equal("error", last.GetProperty("tag").GetString());
        Assert.Equal("ERR_INVALID_INPUT", last.GetProperty("data").GetProperty("code").GetString());
        Assert.Equal(2, process.ExitCode);
    }

    private async Task<string> TouchAsync() => (await NashiProcess.RunAsync(["touch", .. Common])).GetProperty("link").GetString()!;

    private async Task<string> CreateCoreAsync() => (await NashiProcess.RunAsync(["core", "create", .. Common])).GetProperty("key").GetString()!;

    private async Task<string> StageAsync(string link, string text)
    {
        Directory.CreateDirectory(_folder["source"]);
        await File.WriteAllTextAsync(_folder["source", "text"], text);
        return (await NashiProcess.RunAsync(["stage", link, _folder["source"], .. Common])).GetProperty("verlink").GetString()!;
    }

    private async Task<string> ErrorAsync(params string[] arguments)
    {
        await using var process = NashiProcess.Start([.. arguments, .. Common]);
        process.Input.Close();
        var last = await process.EndAsync();
        Assert.Equal("error", last.GetProperty("tag").GetString());
        return last.GetProperty("data").GetProperty("code").GetString()!;
    }
}
