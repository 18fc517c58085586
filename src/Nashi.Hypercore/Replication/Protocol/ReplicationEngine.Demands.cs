namespace Nashi.Hypercore.Replication.Protocol;

internal sealed partial class ReplicationEngine
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(2);

    private readonly Dictionary<ulong, BlockDemand> _blocks = [];
    private readonly Queue<BlockDemand> _queue = new();
    private readonly List<RangeDemand> _ranges = [];
    private readonly List<SeekDemand> _seeks = [];
    private readonly List<UpgradeDemand> _upgrades = [];
    private int _nextTrim;
    private int _givingUp;

    /// <summary>One more waits for a block. Null when the core has it.</summary>
    public BlockDemand? AddBlock(ulong index, bool mayGiveUp, Instant now)
    {
        if (_isClosed || core.Has(index)) return null;
        if (!_blocks.TryGetValue(index, out var demand)) _blocks.Add(index, demand = new BlockDemand(index) { Since = now });
        demand.Waiters++;
        if (mayGiveUp) _givingUp += ++demand.MayGiveUp == 1 ? 1 : 0;
        if (!_claims.ContainsKey(index)) Queue(demand);
        TouchAll();
        return demand;
    }

    /// <summary>One less waits.</summary>
    public void RemoveBlock(BlockDemand demand, bool mayGiveUp)
    {
        if (mayGiveUp && --demand.MayGiveUp == 0 && _blocks.GetValueOrDefault(demand.Index) == demand) _givingUp--;
        if (--demand.Waiters > 0 || !_blocks.TryGetValue(demand.Index, out var known) || known != demand) return;
        _ = _blocks.Remove(demand.Index);
        demand.IsQueued = false;
        if (_claims.TryGetValue(demand.Index, out var claim) && !IsInRange(demand.Index)) Cancel(claim);
    }

    public RangeDemand AddRange(ulong start, ulong? end, bool isLinear, int priority = 0)
    {
        var range = new RangeDemand(start, end, isLinear) { Priority = priority };
        if (_isClosed) return range;
        Insert(range);
        TouchAll();
        // Also with no peer: it may be complete already.
        IsDirty = true;
        return range;
    }

    public void SetPriority(RangeDemand range, int priority)
    {
        if (range.Priority == priority) return;
        range.Priority = priority;
        if (!_ranges.Remove(range)) return;
        Insert(range);
        TouchAll();
    }

    public void RemoveRange(RangeDemand range)
    {
        if (!_ranges.Remove(range)) return;
        foreach (var peer in _peers) _ = peer.Cursors.Remove(range);
        foreach (var (block, claim) in _claims.ToArray())
        {
            if (block >= range.From && block < (range.End ?? ulong.MaxValue) && !_blocks.ContainsKey(block) && !IsInRange(block)) Cancel(claim);
        }
    }

    public SeekDemand AddSeek(ulong bytes, ulong padding, ulong start, ulong end)
    {
        var seek = new SeekDemand(bytes, padding, start, end);
        _seeks.Add(seek);
        TouchAll();
        return seek;
    }

    public void RemoveSeek(SeekDemand seek)
    {
        if (_seeks.Remove(seek) && seek.Request is { } request) Cancel(request);
    }

    /// <summary>Null when nobody can tell and nobody is to be waited for.</summary>
    public UpgradeDemand? AddUpgrade(bool wait, Instant now)
    {
        if (_isClosed || (!wait && _peers.Count == 0 && Opening == 0)) return null;
        var demand = new UpgradeDemand(core.Tip, wait);
        _upgrades.Add(demand);
        TouchAll();
        CheckUpgrades(now);
        return _upgrades.Contains(demand) ? demand : null;
    }

    public void RemoveUpgrade(UpgradeDemand demand) => _ = _upgrades.Remove(demand);

    // The highest priority first; in order of arrival among equals.
    private void Insert(RangeDemand range)
    {
        var at = _ranges.FindIndex(other => other.Priority < range.Priority);
        _ranges.Insert(at < 0 ? _ranges.Count : at, range);
    }

    private void Queue(BlockDemand demand)
    {
        if (demand.IsQueued) return;
        demand.IsQueued = true;
        _queue.Enqueue(demand);
    }

    private bool IsInRange(ulong block) => _ranges.Exists(range => block >= range.Start && block < (range.End ?? ulong.MaxValue));

    private void ResolveBlocks(ulong start, ulong count)
    {
        if (_blocks.Count == 0) return;
        if (count <= (ulong)_blocks.Count)
        {
            for (var block = start; block < start + count; block++)
            {
                if (_blocks.TryGetValue(block, out var demand)) EndBlock(demand, true);
            }

            return;
        }

        foreach (var demand in _blocks.Values.ToArray())
        {
            if (demand.Index >= start && demand.Index < start + count) EndBlock(demand, true);
        }
    }

    private void EndBlock(BlockDemand demand, bool isStored)
    {
        if (!_blocks.Remove(demand.Index)) return;
        if (demand.MayGiveUp > 0) _givingUp--;
        demand.IsQueued = false;
        output.BlockDone(demand, isStored);
    }

    private void EndSeek(SeekDemand seek, bool isAnswered)
    {
        if (!_seeks.Remove(seek)) return;
        output.SeekDone(seek, isAnswered);
    }

    private void EndUpgrade(UpgradeDemand demand, bool isUpgraded)
    {
        if (_upgrades.Remove(demand)) output.UpgradeDone(demand, isUpgraded);
    }

    private void ReopenRanges(ulong start)
    {
        foreach (var range in _ranges) range.Start = Math.Min(range.Start, Math.Max(range.From, start));
    }

    /// <summary>Moves ranges on to the first block that is missing and ends those that are complete.</summary>
    private void TrimRanges()
    {
        // Of very many a part each time, and all when nothing is under way.
        var count = IsAsking ? Math.Min(_ranges.Count, MaxRangeScan) : _ranges.Count;
        for (; count > 0; count--)
        {
            if (--_nextTrim < 0) _nextTrim = _ranges.Count - 1;
            var i = Math.Min(_nextTrim, _ranges.Count - 1);
            var range = _ranges[i];
            range.Start = Math.Max(range.Start, core.FindFirstMissing(range.Start));
            if (range.End is not { } end || range.Start < end) continue;
            _ranges.RemoveAt(i);
            foreach (var peer in _peers) _ = peer.Cursors.Remove(range);
            output.RangeDone(range, true);
        }
    }

    /// <summary>Ends the waits for an upgrade when nobody there can bring one.</summary>
    private void CheckUpgrades(Instant now)
    {
        if (_upgrades.Count == 0 || Opening > 0 || _upgradeRequest is not null || _reorg is not null) return;
        var tip = core.Tip;
        foreach (var peer in _peers)
        {
            if (MayUpgrade(peer, tip, now)) return;
        }

        for (var i = _upgrades.Count - 1; i >= 0; i--)
        {
            if (_peers.Count > 0 || !_upgrades[i].Wait) EndUpgrade(_upgrades[i], false);
        }
    }

    private static bool MayUpgrade(RemotePeer peer, Seam.CoreTip tip, Instant now)
    {
        if (now < peer.PausedUntil) return false;
        if (!peer.IsSynced) return true;
        var remote = peer.Remote;
        if (remote.Fork > tip.Fork) return remote.Length > 0 && !peer.ForkRefused;
        if (remote.Fork < tip.Fork || remote.Length <= tip.Length || peer.UpgradeRefused) return false;
        // Until it knows our length it can not say whether it can extend us.
        return peer.LengthAcked != tip.Length || remote.CanUpgrade;
    }

    /// <summary>Ends the waits of those who would rather hear no, when nobody there has the block.</summary>
    private void CheckGiveUps(Instant now)
    {
        if (_givingUp == 0 || Opening > 0) return;
        foreach (var demand in _blocks.Values.Where(static demand => demand.MayGiveUp > 0).ToArray())
        {
            if (_claims.ContainsKey(demand.Index)) continue;
            if (_peers.Count > 0 && (now - demand.Since < GiveUpAfter || _peers.Exists(peer => IsHopeful(peer, demand.Index)))) continue;
            EndBlock(demand, false);
        }
    }

    private static bool IsHopeful(RemotePeer peer, ulong block) => !peer.IsSynced || (block < peer.Remote.Length && peer.Blocks.Has(block));
}
