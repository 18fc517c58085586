using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Peers;

/// <summary>A peer's process on a host, and the events it tells.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private const int Terminate = 15;
    private const int Stop = 19;
    private const int Continue = 18;
    private const int ErrorsKept = 4000;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly Channel<PeerEvent> _fresh = Channel.CreateUnbounded<PeerEvent>();
    private readonly List<PeerEvent> _all = [];
    private readonly StringBuilder _errors = new();
    private readonly Lock _gate = new();
    private readonly Task _reading;

    private PeerProcess(Process process)
    {
        _process = process;
        _process.ErrorDataReceived += (_, line) => KeepError(line.Data);
        _process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    public IReadOnlyList<PeerEvent> All
    {
        get
        {
            lock (_gate) return [.. _all];
        }
    }

    public bool IsAlive => !_process.HasExited;

    public string Errors
    {
        get
        {
            lock (_gate) return _errors.ToString();
        }
    }

    public static PeerProcess Start(Host host, (string Program, string[] First) program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program.Program, [.. program.First, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false,
        };
        // Whoever started the laboratory has built the peer; it does not look at its sources every time.
        start.Environment["NASHI_PREBUILT"] = "1";
        var process = host.Space.Run(() => Process.Start(start)) ?? throw new LabException($"{program.Program} did not start");
        process.StandardInput.Close();
        return new PeerProcess(process);
    }

    /// <summary>The next event with one of these names; the end of the process when it ends first; null when neither comes in time.</summary>
    public async Task<PeerEvent?> NextAsync(TimeSpan patience, CancellationToken cancellationToken, params string[] names)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(patience);
        try
        {
            await foreach (var one in _fresh.Reader.ReadAllAsync(late.Token))
            {
                if (one.Name == PeerEvent.Ended || names.Contains(one.Name)) return one;
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }

        return new PeerEvent(PeerEvent.Ended, default, LabClock.Now);
    }

    /// <summary>As a laptop whose lid is closed.</summary>
    public void Suspend() => Send(Stop);

    public void Resume() => Send(Continue);

    public void Kill() => Send(9);

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        try
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return default;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Resume();
        Send(Terminate);
        using (var late = new CancellationTokenSource(Grace))
        {
            try
            {
                await _process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Kill();
                await _process.WaitForExitAsync();
            }
        }

        await _reading;
        _process.Dispose();
    }

    private void Send(int signal)
    {
        if (!_process.HasExited) _ = Native.Signal(_process.Id, signal);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Parse(line) is not { } one) continue;
            lock (_gate) _all.Add(one);
            _fresh.Writer.TryWrite(one);
        }

        _fresh.Writer.TryComplete();
    }

    private static PeerEvent? Parse(string line)
    {
        var at = LabClock.Now;
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("event", out var name)
                ? new PeerEvent(name.ToString(), document.RootElement.Clone(), at)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void KeepError(string? line)
    {
        lock (_gate)
        {
            if (line is not null && _errors.Length < ErrorsKept) _errors.AppendLine(line);
        }
    }
}
