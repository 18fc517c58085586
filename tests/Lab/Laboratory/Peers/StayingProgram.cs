using System.Diagnostics;
using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Peers;

/// <summary>A program that runs until it is told to end, and what it says meanwhile.</summary>
internal sealed class StayingProgram : IAsyncDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly Action<string> _said;
    private readonly List<string> _lines = [];
    private readonly Lock _gate = new();
    private readonly Task _reading;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StayingProgram(Process process, Action<string> said)
    {
        (_process, _said) = (process, said);
        process.StandardInput.Close();
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    /// <summary>All it said.</summary>
    public string Text
    {
        get
        {
            lock (_gate) return string.Join('\n', _lines);
        }
    }

    /// <summary>Whether it has said a text, or says it in time.</summary>
    public async Task<bool> SaysAsync(string text, TimeSpan patience, CancellationToken cancellation)
    {
        var until = LabClock.Now + patience;
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal))) return true;
                more = _more.Task;
            }

            var left = until - LabClock.Now;
            if (left <= TimeSpan.Zero || _process.HasExited) return Text.Contains(text, StringComparison.Ordinal);
            await Task.WhenAny(more, LabClock.WaitAsync(left, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _ = Native.Signal(_process.Id, Terminate);
        using (var late = new CancellationTokenSource(Grace))
        {
            try
            {
                await _process.WaitForExitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
            }
        }

        await _reading;
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            TaskCompletionSource more;
            lock (_gate)
            {
                _lines.Add(line);
                more = _more;
                _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _said(line);
            more.SetResult();
        }
    }
}
