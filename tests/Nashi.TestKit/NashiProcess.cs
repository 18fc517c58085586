using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Nashi.TestKit;

/// <summary>The <c>nashi</c> program as a user starts it, read through its JSON lines.</summary>
public sealed class NashiProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly TempFolder Home = new();

    private readonly Process _process;
    private readonly List<JsonElement> _seen = [];
    private readonly StringBuilder _errors = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource _changed = NewSource();
    private bool _ended;

    private NashiProcess(Process process) => _process = process;

    /// <summary>The built program.</summary>
    public static string Program { get; } = Repository.PathOf("artifacts", "bin", "Nashi.Cli", "release", "nashi");

    /// <summary>Its standard input.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>What it wrote on standard error.</summary>
    public string Errors
    {
        get
        {
            lock (_gate) return _errors.ToString();
        }
    }

    /// <summary>Starts a command; <c>--json</c> is added.</summary>
    public static NashiProcess Start(params string[] arguments)
    {
        var process = new NashiProcess(Launch([.. arguments, "--json"]));
        process._process.OutputDataReceived += (_, line) => process.Take(line.Data);
        process._process.ErrorDataReceived += (_, line) => process.TakeError(line.Data);
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Runs a command to its end with the given standard input, and gives the raw bytes of its standard output.</summary>
    public static async Task<(int Code, byte[] Output, string Errors)> RunRawAsync(string[] arguments, byte[]? input = null, Action<string>? onError = null)
    {
        using var process = Launch(arguments);
        using var timeout = new CancellationTokenSource(Patience);
        var errors = ReadErrorsAsync(process, onError, timeout.Token);
        using var output = new MemoryStream();
        var copying = process.StandardOutput.BaseStream.CopyToAsync(output, timeout.Token);
        if (input is not null) await process.StandardInput.BaseStream.WriteAsync(input, timeout.Token);
        process.StandardInput.Close();
        try
        {
            await copying;
            await process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException error)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"nashi {string.Join(' ', arguments)} did not end in time.", error);
        }

        return (process.ExitCode, output.ToArray(), await errors);
    }

    /// <summary>Runs a command to its end and gives the data of its last line; fails when that line is an error.</summary>
    public static async Task<JsonElement> RunAsync(params string[] arguments)
    {
        await using var process = Start(arguments);
        process.Input.Close();
        var last = await process.EndAsync();
        if (last.GetProperty("tag").GetString() != "final") throw new InvalidOperationException($"nashi {string.Join(' ', arguments)} failed: {last}\n{process.Errors}");
        return last.GetProperty("data");
    }

    /// <summary>Waits for the next unread line with a tag and gives its data. An error line fails the wait.</summary>
    public async Task<JsonElement> NextAsync(string tag) => (await TakeAsync(line => line.GetProperty("tag").GetString() == tag, tag)).GetProperty("data");

    /// <summary>Waits for the last line, whatever it is.</summary>
    public async Task<JsonElement> EndAsync()
    {
        var last = await TakeAsync(line => line.GetProperty("tag").GetString() is "final" or "error", "final");
        using var timeout = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(timeout.Token);
        return last;
    }

    /// <summary>The exit code, once it ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt()
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Kills it, as a power cut would.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <summary>Ends the process.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<string> ReadErrorsAsync(Process process, Action<string>? onError, CancellationToken cancellationToken)
    {
        var all = new StringBuilder();
        while (await process.StandardError.ReadLineAsync(cancellationToken) is { } line)
        {
            all.AppendLine(line);
            onError?.Invoke(line);
        }

        return all.ToString();
    }

    private static Process Launch(string[] arguments)
    {
        var info = new ProcessStartInfo(Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments) info.ArgumentList.Add(argument);
        // Not the home of whoever runs the tests.
        info.Environment["NASHI_HOME"] = Home.Path;
        return Process.Start(info) ?? throw new InvalidOperationException("nashi could not be started.");
    }

    private async Task<JsonElement> TakeAsync(Predicate<JsonElement> wanted, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var at = _seen.FindIndex(wanted);
                if (at >= 0)
                {
                    var found = _seen[at];
                    _seen.RemoveAt(at);
                    return found;
                }

                if (_seen.Exists(line => line.GetProperty("tag").GetString() == "error") || _ended)
                {
                    throw new InvalidOperationException($"nashi ended without '{what}'. It said: {string.Join('\n', _seen)}\n{_errors}");
                }

                changed = _changed.Task;
            }

            try
            {
                await changed.WaitAsync(timeout.Token);
            }
            catch (OperationCanceledException error)
            {
                throw new TimeoutException($"nashi did not say '{what}' in time. It said: {string.Join('\n', _seen)}\n{Errors}", error);
            }
        }
    }

    private void Take(string? line)
    {
        lock (_gate)
        {
            if (line is null) _ended = true;
            else _seen.Add(JsonDocument.Parse(line).RootElement.Clone());
            _changed.SetResult();
            _changed = NewSource();
        }
    }

    private void TakeError(string? line)
    {
        lock (_gate) _errors.AppendLine(line);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
