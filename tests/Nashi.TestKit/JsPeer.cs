using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nashi.TestKit;

/// <summary>A real JavaScript peer: a script of <c>tests/js</c> run by Node.js, spoken to in JSON lines.</summary>
/// <remarks>
/// The script prints one JSON object per line with an <c>event</c>; <see cref="NextAsync"/> waits for one. Commands go the other way on its standard
/// input. What it prints otherwise is kept and shown when a wait fails.
/// </remarks>
public sealed class JsPeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly List<JsonElement> _seen = [];
    private readonly ConcurrentQueue<string> _noise = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;
    private int _isDisposed;

    private JsPeer(Process process) => _process = process;

    /// <summary>Starts <c>tests/js/{script}</c> with arguments.</summary>
    public static JsPeer Start(string script, params string[] arguments)
    {
        var info = new ProcessStartInfo("node")
        {
            UseShellExecute = false,
            WorkingDirectory = Repository.PathOf("tests", "js"),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.ArgumentList.Add(Repository.PathOf("tests", "js", script));
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        var peer = new JsPeer(Process.Start(info) ?? throw new InvalidOperationException("node could not be started."));
        peer.Pump();
        return peer;
    }

    /// <summary>Waits for the next unread line whose <c>event</c> is <paramref name="name"/> and takes it.</summary>
    public async Task<JsonElement> NextAsync(string name, TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var at = _seen.FindIndex(line => line.GetProperty("event").GetString() == name);
                if (at >= 0)
                {
                    var found = _seen[at];
                    _seen.RemoveAt(at);
                    return found;
                }

                if (_ended) throw new InvalidOperationException($"The JavaScript peer ended without '{name}'.\n{Said()}");
                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException error)
            {
                throw new TimeoutException($"The JavaScript peer did not say '{name}' in time.\n{Said()}", error);
            }
        }
    }

    /// <summary>What it printed that nobody took.</summary>
    public string Said()
    {
        lock (_gate) return new StringBuilder().AppendJoin('\n', _noise).Append("\nUnread: ").AppendJoin('\n', _seen).ToString();
    }

    /// <summary>Sends one command as a JSON line.</summary>
    public async Task SendAsync(JsonObject command)
    {
        await _process.StandardInput.WriteLineAsync(command.ToJsonString());
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Waits until the process ends.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Ends the process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Pump()
    {
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => _noise.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Take(string? line)
    {
        lock (_gate)
        {
            if (line is null) _ended = true;
            else if (TryParse(line, out var parsed)) _seen.Add(parsed);
            else _noise.Enqueue(line);
            var changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            changed.SetResult();
        }
    }

    private static bool TryParse(string line, out JsonElement parsed)
    {
        parsed = default;
        if (!line.StartsWith('{')) return false;
        try
        {
            using var document = JsonDocument.Parse(line);
            parsed = document.RootElement.Clone();
            return parsed.TryGetProperty("event", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
