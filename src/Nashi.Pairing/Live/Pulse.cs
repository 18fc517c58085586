namespace Nashi.Pairing;

/// <summary>A pause that can be cut short.</summary>
internal sealed class Pulse(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _beat = New();

    /// <summary>Ends the present pause, or the next one when there is none.</summary>
    public void Beat()
    {
        lock (_gate) _beat.TrySetResult();
    }

    /// <summary>Waits; false when cut short.</summary>
    public async Task<bool> WaitAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        Task beat;
        lock (_gate) beat = _beat.Task;
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pause = Task.Delay(time, clock, timer.Token);
        var first = await Task.WhenAny(pause, beat).ConfigureAwait(false);
        await timer.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (_beat.Task.IsCompleted) _beat = New();
        }

        return first == pause;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
