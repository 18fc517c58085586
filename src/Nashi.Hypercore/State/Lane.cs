namespace Nashi.Hypercore.State;

/// <summary>Runs the writes of a core one round at a time. Writes that come while a round is under way wait and share the next.</summary>
/// <remarks>
/// When nothing is under way the caller's own thread runs the round: no hand-over for a lone writer. It never runs others' writes: those go to the pool.
/// A round ends when it is as durable as asked, so under load one sync serves all that came during the one before.
/// </remarks>
internal sealed class Lane(Func<List<LaneWork>, ValueTask> runRound) : IThreadPoolWorkItem
{
    private const int MaxShared = 4096;
    private const long MaxSharedSize = 32 << 20;

    private readonly Lock _gate = new();
    private readonly Queue<LaneWork> _waiting = new();
    private readonly List<LaneWork> _round = [];
    private bool _isBusy;

    public void Submit(LaneWork work)
    {
        lock (_gate)
        {
            if (_isBusy)
            {
                _waiting.Enqueue(work);
                return;
            }

            _isBusy = true;
        }

        _round.Add(work);
        Run(handOver: true);
    }

    void IThreadPoolWorkItem.Execute() => Run(handOver: false);

    private void Run(bool handOver)
    {
        while (true)
        {
            if (_round.Count > 0)
            {
                var running = runRound(_round);
                if (!running.IsCompleted)
                {
                    ContinueAfter(running);
                    return;
                }

                running.GetAwaiter().GetResult();
                _round.Clear();
            }

            if (!TryTake(handOver)) return;
        }
    }

    // The rounds report their own failures: what is awaited here never throws.
    private void ContinueAfter(ValueTask running)
    {
        var awaiter = running.ConfigureAwait(false).GetAwaiter();
        awaiter.UnsafeOnCompleted(() =>
        {
            awaiter.GetResult();
            _round.Clear();
            Run(handOver: false);
        });
    }

    private bool TryTake(bool handOver)
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _isBusy = false;
                return false;
            }

            if (handOver)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return false;
            }

            var size = 0L;
            do
            {
                var work = _waiting.Dequeue();
                _round.Add(work);
                size += work.Size;
            }
            while (_waiting.TryPeek(out var next) && next.CanShare && next.GetType() == _round[0].GetType() && _round.Count < MaxShared && size < MaxSharedSize);
            return true;
        }
    }
}
