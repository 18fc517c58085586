using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary><c>nashi pipe</c> and the npm package hyperbeam.</summary>
public sealed class PipeInteropTests
{
    [Fact]
    public async Task Pipe_ConnectsToHyperbeam_BothWays()
    {
        await using var network = await LocalNetwork.JavaScriptFirstAsync();
        await using var js = JsPeer.Start("cli-beam.cjs", $"--bootstrap={network.Bootstrap}", "--text=from javascript");
        var phrase = (await js.NextAsync("listening")).GetProperty("phrase").GetString()!;

        var (code, output, errors) = await NashiProcess.RunRawAsync(["pipe", phrase, "--bootstrap", network.Bootstrap], "from nashi"u8.ToArray());

        Assert.True(code == 0, errors);
        Assert.Equal("from javascript", System.Text.Encoding.UTF8.GetString(output));
        Assert.Equal("from nashi", (await js.NextAsync("received")).GetProperty("text").GetString());
    }

    [Fact]
    public async Task Pipe_Listens_HyperbeamConnects()
    {
        await using var network = await LocalNetwork.NashiFirstAsync();
        var phrase = Commands.Base32.Encode(new byte[31].Append((byte)7).ToArray());
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pipe = NashiProcess.RunRawAsync(["pipe", phrase, "--listen", "--bootstrap", network.Bootstrap], "from nashi"u8.ToArray(), line =>
        {
            if (line.Contains($"nashi pipe {phrase}", StringComparison.Ordinal)) listening.TrySetResult();
        });
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await using var beam = JsPeer.Start("cli-beam.cjs", $"--bootstrap={network.Bootstrap}", $"--phrase={phrase}", "--text=from javascript");
        Assert.Equal("from nashi", (await beam.NextAsync("received")).GetProperty("text").GetString());

        var (code, output, errors) = await pipe;
        Assert.True(code == 0, errors);
        Assert.Equal("from javascript", System.Text.Encoding.UTF8.GetString(output));
    }

    [Fact]
    public async Task Pipe_EntranceOfTheNetworkDiedSince_FindsThePeerFromWhatItRemembers()
    {
        using var folder = new TempFolder();
        await using var network = await LocalNetwork.NashiFirstAsync();
        await PipeOverAsync(network.Bootstrap, folder);
        await network.KillFirstAsync();
        await PipeOverAsync(network.Bootstrap, folder);
    }

    [Theory]
    [InlineData("")]
    [InlineData("short")]
    [InlineData("1111111111111111111111111111111111111111111111111111")]
    public async Task Pipe_MalformedPhrase_IsAUsageError(string phrase)
    {
        var (code, _, errors) = await NashiProcess.RunRawAsync(["pipe", phrase]);
        Assert.Equal(2, code);
        Assert.Contains("52 letters", errors, StringComparison.Ordinal);
    }

    private static async Task PipeOverAsync(string bootstrap, TempFolder folder)
    {
        var phrase = Commands.Base32.Encode(new byte[31].Append((byte)9).ToArray());
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var host = NashiProcess.RunRawAsync(["pipe", phrase, "--listen", "--json", "--bootstrap", bootstrap, "--storage", Path.Combine(folder.Path, "a")], "from a"u8.ToArray(), line =>
        {
            if (line.StartsWith('{') && IsListening(JsonDocument.Parse(line).RootElement, phrase)) listening.TrySetResult();
        });
        await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var (code, output, errors) = await NashiProcess.RunRawAsync(["pipe", phrase, "--bootstrap", bootstrap, "--storage", Path.Combine(folder.Path, "b")], "from b"u8.ToArray());
        Assert.True(code == 0, errors);
        Assert.Equal("from a", System.Text.Encoding.UTF8.GetString(output));
        // Events on standard error, the bytes alone on standard output.
        Assert.Equal("from b", System.Text.Encoding.UTF8.GetString((await host).Output));
        Assert.Contains("\"tag\":\"connected\"", (await host).Errors, StringComparison.Ordinal);
    }

    private static bool IsListening(JsonElement line, string phrase) =>
        line.GetProperty("tag").GetString() == "listening" && line.GetProperty("data").GetProperty("phrase").GetString() == phrase;
}
