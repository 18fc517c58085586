using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Abuse.Flooding;

/// <summary>A <see cref="Victim"/> in a process of its own, seen from outside.</summary>
internal sealed class VictimProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly SemaphoreSlim _turn = new(1);

    private VictimProcess(Process process, UdpAddress address, PublicKey key) => (_process, Address, Key) = (process, address, key);

    public UdpAddress Address { get; }

    public PublicKey Key { get; }

    public bool IsAlive => !_process.HasExited;

    public static async Task<VictimProcess> StartAsync(HostNetwork network)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["victim", $"--network={network.Name}"]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(ChildProcess.Patience) ?? throw new InvalidOperationException("The victim did not start.");
        var words = line.Split(' ');
        var address = UdpAddress.From(new IPEndPoint(network.Victim, int.Parse(words[0], CultureInfo.InvariantCulture)));
        return new VictimProcess(process, address, Id32.Parse<PublicKey>(words[1]));
    }

    /// <summary>Asks how it is.</summary>
    /// <param name="collects">Whether it is to give back what it does not need, first.</param>
    public async Task<VictimState> AskAsync(bool collects = false)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(collects ? "collect" : "state");
            var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(ChildProcess.Patience) ?? throw new InvalidOperationException("The victim is dead.");
            return JsonSerializer.Deserialize<VictimState>(line)!;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ChildProcess.EndAsync(_process);
        _turn.Dispose();
    }
}
