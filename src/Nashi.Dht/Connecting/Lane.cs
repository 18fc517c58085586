namespace Nashi.Dht.Connecting;

/// <summary>Runs what is posted one at a time and in order, on whichever thread posts while nobody else does.</summary>
/// <remarks>
/// The owner of one attempt's core. No lock is held while work runs, so work may call anything; what it posts runs after it. Work must not block; an
/// exception goes to the owner, once, and the lane goes on.
/// </remarks>
internal sealed class Lane(Action<Exception> faulted)
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _work = new();
    private bool _isRunning;

    /// <summary>Runs <paramref name="work"/> now, or right after what is running.</summary>
    public void Post(Action work)
    {
        lock (_gate)
        {
            _work.Enqueue(work);
            if (_isRunning) return;
            _isRunning = true;
        }

        while (TryNext(out var next))
        {
            try
            {
                next();
            }
            catch (Exception error)
            {
                faulted(error);
            }
        }
    }

    private bool TryNext(out Action next)
    {
        lock (_gate)
        {
            _isRunning = _work.TryDequeue(out next!);
            return _isRunning;
        }
    }
}
