namespace Nashi.SecretStream;

/// <summary>Keeps the first reason why something closed, and tells whoever waits for it. Thread-safe.</summary>
public sealed class CloseSignal
{
    private readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CloseReason? _reason;

    /// <summary>Completes with the first reason; never faults.</summary>
    public Task<CloseReason> Task => _closed.Task;

    /// <summary>The first reason, or null while open.</summary>
    public CloseReason? Reason => Volatile.Read(ref _reason);

    /// <summary>Whether a reason was given.</summary>
    public bool IsClosed => Reason is not null;

    /// <summary>Gives the reason; false when there was one already.</summary>
    public bool TryClose(CloseReason reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null) return false;
        _closed.SetResult(reason);
        return true;
    }
}
