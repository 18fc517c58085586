using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Nashi.Encoding;

namespace Nashi.Abuse.SlowPeers;

/// <summary>A <see cref="Seeder"/> in a process of its own, seen from outside.</summary>
internal sealed class SeederProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SeederProcess(Process process, int port, CoreKey key) => (_process, Port, Key) = (process, port, key);

    public int Port { get; }

    public CoreKey Key { get; }

    public bool IsAlive => !_process.HasExited;

    public static async Task<SeederProcess> StartAsync(SlowOptions options)
    {
        string[] arguments = ["seeder", $"--blocks={options.Blocks}", $"--block-size={options.BlockSize}"];
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(ChildProcess.Patience) ?? throw new InvalidOperationException("The seeder did not start.");
        var words = line.Split(' ');
        return new SeederProcess(process, int.Parse(words[0], CultureInfo.InvariantCulture), Id32.Parse<CoreKey>(words[1]));
    }

    public async Task<SeederState> AskAsync()
    {
        await _process.StandardInput.WriteLineAsync("state");
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(ChildProcess.Patience) ?? throw new InvalidOperationException("The seeder is dead.");
        return JsonSerializer.Deserialize<SeederState>(line)!;
    }

    public ValueTask DisposeAsync() => new(ChildProcess.EndAsync(_process));
}
