using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication;

/// <summary>What sessions wait for.</summary>
internal sealed partial class Replicator
{
    // Each answer narrows the window; a core has at most 53 levels.
    private const int MaxSeekSteps = 128;

    public async ValueTask<bool> FetchBlockAsync(ulong index, bool mayGiveUp, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        BlockDemand? demand;
        TaskCompletionSource<bool> waiter;
        lock (_gate)
        {
            if (_isClosing) return false;
            demand = _engine.AddBlock(index, mayGiveUp, Now);
            if (demand is null) return true;
            waiter = NewWaiter();
            WaitersOf(demand).Add(waiter);
            ReopenIdle();
            FlushSoon();
        }

        try
        {
            return await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                if (WaitersOf(demand).Remove(waiter)) _engine.RemoveBlock(demand, mayGiveUp);
                FlushSoon();
            }

            throw;
        }
    }

    public async ValueTask<bool> UpdateAsync(bool wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        UpgradeDemand? demand;
        TaskCompletionSource<bool> waiter;
        lock (_gate)
        {
            if (_isClosing) return false;
            demand = _engine.AddUpgrade(wait, Now);
            if (demand is null) return false;
            demand.Tag = waiter = NewWaiter();
            ReopenIdle();
            FlushSoon();
        }

        try
        {
            return await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate) _engine.RemoveUpgrade(demand);
            throw;
        }
    }

    public async ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding, CancellationToken cancellationToken)
    {
        for (var step = 0; step < MaxSeekSteps; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var found = await Core.SeekAsync(bytes, padding).ConfigureAwait(false);
            if (found is not { IsFound: false } window) return found;
            if (!await NarrowAsync(bytes, padding, window, cancellationToken).ConfigureAwait(false)) return null;
        }

        return null;
    }

    public ICoreDownload Download(ulong start, ulong? end, bool linear, int priority = 0)
    {
        lock (_gate)
        {
            var download = new RangeDownload(this);
            if (_isClosing)
            {
                download.Complete(false);
                return download;
            }

            download.Range = _engine.AddRange(start, end, linear, priority);
            download.Range.Tag = download;
            ReopenIdle();
            FlushSoon();
            return download;
        }
    }

    void IReplicationOutput.BlockDone(BlockDemand demand, bool isStored)
    {
        foreach (var waiter in WaitersOf(demand)) _ = waiter.TrySetResult(isStored);
        WaitersOf(demand).Clear();
    }

    void IReplicationOutput.RangeDone(RangeDemand demand, bool isComplete) => ((RangeDownload)demand.Tag!).Complete(isComplete);

    void IReplicationOutput.SeekDone(SeekDemand demand, bool isAnswered) => _ = (demand.Tag as TaskCompletionSource<bool>)?.TrySetResult(isAnswered);

    void IReplicationOutput.UpgradeDone(UpgradeDemand demand, bool isUpgraded) => _ = (demand.Tag as TaskCompletionSource<bool>)?.TrySetResult(isUpgraded);

    private static TaskCompletionSource<bool> NewWaiter() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static List<TaskCompletionSource<bool>> WaitersOf(BlockDemand demand) => (List<TaskCompletionSource<bool>>)(demand.Tag ??= new List<TaskCompletionSource<bool>>(1));

    private async ValueTask<bool> NarrowAsync(ulong bytes, ulong padding, SeekResult window, CancellationToken cancellationToken)
    {
        SeekDemand demand;
        var waiter = NewWaiter();
        lock (_gate)
        {
            if (_isClosing) return false;
            demand = _engine.AddSeek(bytes, padding, window.Start, window.End);
            demand.Tag = waiter;
            ReopenIdle();
            FlushSoon();
        }

        try
        {
            return await waiter.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _engine.RemoveSeek(demand);
                FlushSoon();
            }

            throw;
        }
    }

    private sealed class RangeDownload(Replicator owner) : ICoreDownload
    {
        private readonly TaskCompletionSource<bool> _completed = NewWaiter();

        public RangeDemand? Range { get; set; }

        public Task<bool> Completed => _completed.Task;

        public int Priority
        {
            get => Range?.Priority ?? 0;
            set
            {
                lock (owner._gate)
                {
                    if (Range is null) return;
                    owner._engine.SetPriority(Range, value);
                    owner.FlushSoon();
                }
            }
        }

        public void Complete(bool isComplete) => _ = _completed.TrySetResult(isComplete);

        public void Cancel()
        {
            lock (owner._gate)
            {
                if (Range is not null) owner._engine.RemoveRange(Range);
                owner.FlushSoon();
            }

            Complete(false);
        }
    }
}
