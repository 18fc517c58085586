namespace Nashi.Hypercore.State;

/// <summary>Runs the writes of a core one round at a time. Writes that come while a round is under way wait and share the next.</summary>
/// <remarks>
/// When nothing is under way the caller's own thread runs the round: no hand-over for a lone writer. It never runs others' writes: those go to the pool.
/// A round ends when it is as durable as asked, so under load one sync serves all that came during the one before. Writes that wait for no sync would always be
/// over before the next is asked for, even when many callers take turns: so now and then one is handed to the pool, and as long as others come meanwhile, all are.
/// </remarks>
/// <param name="runRound">Runs works of one kind and tells each its end; never throws.</param>
internal sealed class Lane(Func<List<LaneWork>, Task> runRound) : IThreadPoolWorkItem
{
    private const int MaxShared = 4096;
    private const long MaxSharedSize = 4 << 20;
    private const int AloneBetweenTrials = 32;

    private readonly Lock _gate = new();
    private readonly Queue<LaneWork> _waiting = new();
    private readonly List<LaneWork> _round = [];
    private bool _isBusy;
    private bool _isShared;
    private int _alone;

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
            if (work.CanShare && (_isShared || ++_alone >= AloneBetweenTrials))
            {
                _alone = 0;
                _waiting.Enqueue(work);
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
                return;
            }
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
                if (!running.IsCompletedSuccessfully)
                {
                    _ = ContinueAfterAsync(running);
                    return;
                }

                _round.Clear();
            }

            if (!TryTake(handOver)) return;
        }
    }

    private async Task ContinueAfterAsync(Task running)
    {
        await running.ConfigureAwait(false);
        _round.Clear();
        Run(handOver: false);
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
            _isShared = _round.Count > 1;
            return true;
        }
    }
}
