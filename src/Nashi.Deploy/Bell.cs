namespace Nashi.Deploy;

/// <summary>Counts how often something happened, and lets one wait for the next time.</summary>
internal sealed class Bell
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Ring()
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _count);
            _next.SetResult();
            _next = New();
        }
    }

    /// <summary>Completes when it rang more often than <paramref name="seen"/> times.</summary>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        lock (_gate) return _count > seen ? Task.CompletedTask : _next.Task.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
