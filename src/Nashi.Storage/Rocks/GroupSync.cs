namespace Nashi.Storage.Rocks;

/// <summary>Runs a slow sync for many waiters at once: whoever asks while one runs shares the next.</summary>
/// <param name="sync">Makes everything written before the call durable; throws when the disk refuses.</param>
internal sealed class GroupSync(Action sync)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _next;
    private bool _running;

    public ValueTask RunAsync()
    {
        lock (_gate)
        {
            _next ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var mine = _next.Task;
            if (!_running)
            {
                _running = true;
                ThreadPool.UnsafeQueueUserWorkItem(static self => self.Pump(), this, preferLocal: false);
            }

            return new ValueTask(mine);
        }
    }

    private void Pump()
    {
        while (Take() is { } waiters)
        {
            try
            {
                sync();
                waiters.SetResult();
            }
            catch (Exception error) when (error is StorageException or ObjectDisposedException)
            {
                waiters.SetException(error);
            }
        }
    }

    private TaskCompletionSource? Take()
    {
        lock (_gate)
        {
            var waiters = _next;
            _next = null;
            _running = waiters is not null;
            return waiters;
        }
    }
}
