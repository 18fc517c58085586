using System.Numerics;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

internal sealed partial class ReplicationEngine
{
    private const ulong WantWindow = RemoteWants.MaxLength;
    private const int MaxWants = 512;
    private const int MaxWantsAtOnce = 8;
    private const int MaxQueueScan = 128;
    private const int MaxRangeScan = 64;
    private const int MaxVerifying = 1024;
    private const int MaxTakeOvers = 16;

    private readonly BlockSet _claimed = new(int.MaxValue);

    // By block: the first request under way or being verified for it.
    private readonly Dictionary<ulong, Request> _claims = [];
    private Request? _upgradeRequest;
    private Request? _manifestRequest;
    private int _nextRange;

    /// <summary>Asks a peer for as much as fits its window.</summary>
    private void Schedule(RemotePeer peer, Instant now)
    {
        if (_isClosed || _isApplying || peer.IsGone || !peer.IsSynced || !peer.Remote.Uploading || now < peer.PausedUntil) return;
        UpdateReorg(now);
        var size = peer.Window.Size;
        while (peer.UnderWay < size && peer.Verifying < MaxVerifying)
        {
            var tip = core.Tip;
            if (TryManifest(peer, tip, now) || TrySeek(peer, tip, now) || TryQueued(peer, tip, now)) continue;
            if (TryReorgHash(peer, now) || TryUpgrade(peer, tip, now) || TryRange(peer, tip, now)) continue;
            break;
        }

        if (_peers.Count > 1 && peer.UnderWay < size / 2) TakeOver(peer, now);
    }

    private bool NeedsManifest(RemotePeer peer) => !core.HasManifest && peer.Remote.HasManifest;

    private bool TryManifest(RemotePeer peer, CoreTip tip, Instant now)
    {
        // With blocks it comes along with the first upgrade.
        if (_manifestRequest is not null || peer.Remote.Length > 0 || !NeedsManifest(peer) || peer.UpgradeRefused) return false;
        var request = peer.Open(tip.Fork, now);
        request.Manifest = true;
        _manifestRequest = request;
        output.SendRequest(request);
        return true;
    }

    private bool TryQueued(RemotePeer peer, CoreTip tip, Instant now)
    {
        for (var i = Math.Min(_queue.Count, MaxQueueScan); i > 0; i--)
        {
            var demand = _queue.Dequeue();
            if (!demand.IsQueued) continue;
            if (_claims.ContainsKey(demand.Index))
            {
                demand.IsQueued = false;
                continue;
            }

            if (CanServe(peer, demand.Index, tip))
            {
                demand.IsQueued = false;
                RequestBlock(peer, demand.Index, tip, 1, now);
                return true;
            }

            _queue.Enqueue(demand);
            if (!peer.Blocks.Has(demand.Index)) Want(peer, demand.Index, tip);
        }

        return false;
    }

    private bool TryUpgrade(RemotePeer peer, CoreTip tip, Instant now)
    {
        var remote = peer.Remote;
        if (_upgradeRequest is not null || remote.Fork != tip.Fork || !remote.CanUpgrade || remote.Length <= tip.Length) return false;
        if (peer.LengthAcked != tip.Length || peer.UpgradeRefused) return false;
        var request = peer.Open(tip.Fork, now);
        request.Upgrade = new(tip.Length, remote.Length - tip.Length);
        request.Manifest = NeedsManifest(peer);
        _upgradeRequest = request;
        // A block that comes along saves a round trip.
        if (FindBeyond(peer, tip) is { } block)
        {
            Claim(request, block);
            request.Priority = _blocks.ContainsKey(block) ? (byte)1 : (byte)0;
        }

        output.SendRequest(request);
        return true;
    }

    private ulong? FindBeyond(RemotePeer peer, CoreTip tip)
    {
        if (peer.Remote.Length <= tip.Length) return null;
        foreach (var demand in _queue.Take(MaxQueueScan))
        {
            if (demand.IsQueued && demand.Index >= tip.Length && demand.Index < peer.Remote.Length && peer.Blocks.Has(demand.Index) && !_claims.ContainsKey(demand.Index)) return demand.Index;
        }

        foreach (var range in _ranges)
        {
            var end = Math.Min(range.End ?? ulong.MaxValue, peer.Remote.Length);
            if (FindCandidate(peer, Math.Max(range.Start, tip.Length), end) is { } block) return block;
        }

        return null;
    }

    private bool TrySeek(RemotePeer peer, CoreTip tip, Instant now)
    {
        if (_seeks.Count == 0 || !peer.Seeks || peer.Remote.Fork != tip.Fork) return false;
        foreach (var seek in _seeks)
        {
            if (seek.Request is not null || seek.Refused.Contains(peer)) continue;
            var end = Math.Min(seek.End, ServableEnd(peer, tip));
            if (seek.Start >= end) continue;
            var from = seek.Start + RandomBelow(end - seek.Start);
            var block = FindMissing(peer, from, end) ?? FindMissing(peer, seek.Start, from);
            if (block is null)
            {
                Want(peer, seek.Start, tip);
                continue;
            }

            var request = peer.Open(tip.Fork, now);
            request.Hash = block * 2;
            request.HashNodes = (ulong)Encoding.FlatTree.Depth(seek.Start + seek.End - 1);
            request.Manifest = NeedsManifest(peer);
            request.Priority = 1;
            request.Seek = seek;
            seek.Request = request;
            output.SendRequest(request);
            return true;
        }

        return false;
    }

    private bool TryRange(RemotePeer peer, CoreTip tip, Instant now)
    {
        if (_ranges.Count == 0 || peer.Remote.Fork != tip.Fork) return false;
        var limit = ServableEnd(peer, tip);
        for (var (first, scanned) = (0, 0); first < _ranges.Count && scanned < MaxRangeScan;)
        {
            var count = EqualsFrom(first);
            if (TryRanges(peer, tip, limit, first, count, MaxRangeScan - scanned, now)) return true;
            first += count;
            scanned += count;
        }

        return false;
    }

    private int EqualsFrom(int first)
    {
        var end = first + 1;
        while (end < _ranges.Count && _ranges[end].Priority == _ranges[first].Priority) end++;
        return end - first;
    }

    // Ranges of one priority take turns when one has nothing for the peer.
    private bool TryRanges(RemotePeer peer, CoreTip tip, ulong limit, int first, int count, int most, Instant now)
    {
        for (var i = Math.Min(count, most); i > 0; i--)
        {
            var range = _ranges[first + (_nextRange % count)];
            var end = Math.Min(range.End ?? ulong.MaxValue, limit);
            if (range.Start < end && FindInRange(peer, range, end) is { } block)
            {
                RequestBlock(peer, block, tip, 0, now);
                return true;
            }

            _nextRange = (_nextRange + 1) % count;
            WantRange(peer, range, tip);
        }

        return false;
    }

    private ulong? FindInRange(RemotePeer peer, RangeDemand range, ulong end)
    {
        var isAlone = _peers.Count == 1;
        if (range.IsLinear || isAlone) return FindCandidate(peer, range.Start, end);
        // Each peer goes through the range from a place of its own.
        if (!peer.Cursors.TryGetValue(range, out var cursor) || cursor < range.Start || cursor >= end) cursor = range.Start + RandomBelow(end - range.Start);
        var block = FindCandidate(peer, cursor, end) ?? FindCandidate(peer, range.Start, cursor);
        peer.Cursors[range] = (block ?? cursor) + 1;
        return block;
    }

    /// <summary>The first block of a range that the peer has, we lack and nobody was asked for.</summary>
    private ulong? FindCandidate(RemotePeer peer, ulong start, ulong end) => Find(peer, start, end, skipClaimed: true);

    private ulong? FindMissing(RemotePeer peer, ulong start, ulong end) => Find(peer, start, end, skipClaimed: false);

    private ulong? Find(RemotePeer peer, ulong start, ulong end, bool skipClaimed)
    {
        Span<uint> theirs = stackalloc uint[32];
        Span<uint> ours = stackalloc uint[32];
        while (start < end)
        {
            start = peer.Blocks.NextPossible(start);
            if (start >= end) return null;
            start = core.FindFirstMissing(start);
            if (start >= end) return null;
            var at = start & ~31UL;
            peer.Blocks.CopyBits(at, theirs);
            if (!core.CopyBits(at, ours)) ours.Clear();
            if (skipClaimed) _claimed.OrInto(at, ours);
            for (var i = 0; i < ours.Length; i++)
            {
                var word = theirs[i] & ~ours[i];
                var first = at + ((ulong)i * 32);
                if (first < start) word &= start - first >= 32 ? 0 : uint.MaxValue << (int)(start - first);
                if (word == 0) continue;
                var block = first + (ulong)BitOperations.TrailingZeroCount(word);
                return block < end ? block : null;
            }

            start = at + 1024;
        }

        return null;
    }

    /// <summary>Blocks below are on a tree that the peer and we share.</summary>
    private static ulong ServableEnd(RemotePeer peer, CoreTip tip)
    {
        var remote = peer.Remote;
        if (remote.Fork != tip.Fork) return 0;
        var shared = remote.Length >= tip.Length || peer.CanUpgrade ? tip.Length : peer.UpgradableFork == tip.Fork ? peer.UpgradableLength : 0;
        return Math.Min(Math.Min(shared, tip.Length), remote.Length);
    }

    private static bool CanServe(RemotePeer peer, ulong block, CoreTip tip) => block < ServableEnd(peer, tip) && peer.Blocks.Has(block);

    private void RequestBlock(RemotePeer peer, ulong block, CoreTip tip, byte priority, Instant now)
    {
        var request = peer.Open(tip.Fork, now);
        request.Priority = priority;
        request.Manifest = NeedsManifest(peer);
        Claim(request, block);
        Follow(peer, request, block, tip.Length);
        output.SendRequest(request);
    }

    /// <summary>
    /// The answer to the request just before brings every node on its path, so this one needs none from where the paths meet on. That spares half of the
    /// hashing of a download in order, and most of the nodes.
    /// </summary>
    private static void Follow(RemotePeer peer, Request request, ulong block, ulong length)
    {
        var last = peer.LastBlock;
        peer.LastBlock = request;
        if (last is null || peer.IsExact || last.State is RequestState.Done or RequestState.Failed) return;
        if (last.Fork != request.Fork || last.Block is not { } before || before == block || last.Priority != request.Priority) return;
        var level = BitOperations.Log2(before ^ block) + 1;
        // Under different roots the paths do not meet.
        if (((block >> level) + 1) << level <= length) request.SharedNodes = (ulong)level - 1;
    }

    private void Claim(Request request, ulong block)
    {
        request.Block = block;
        if (_claims.TryAdd(block, request)) _claimed.Add(block);
    }

    private void Want(RemotePeer peer, ulong block, CoreTip tip)
    {
        if (peer.Remote.Fork != tip.Fork || block >= peer.Remote.Length || block < peer.Blocks.Contiguous) return;
        var window = block / WantWindow;
        if (!peer.Wanted.Add(window)) return;
        peer.WantedInOrder.Enqueue(window);
        if (peer.Wanted.Count > MaxWants)
        {
            var oldest = peer.WantedInOrder.Dequeue();
            _ = peer.Wanted.Remove(oldest);
            output.SendWant(peer, new(oldest * WantWindow, WantWindow, false), isWanted: false);
        }

        output.SendWant(peer, new(window * WantWindow, WantWindow, false), isWanted: true);
    }

    private void WantRange(RemotePeer peer, RangeDemand range, CoreTip tip)
    {
        var end = Math.Min(range.End ?? tip.Length, peer.Remote.Length);
        var start = Math.Max(range.Start, peer.Blocks.Contiguous);
        for (var n = 0; n < MaxWantsAtOnce && start < end; n++)
        {
            Want(peer, start, tip);
            start = ((start / WantWindow) + 1) * WantWindow;
        }
    }

    /// <summary>Asks a peer with nothing else to do for what another is slow to bring.</summary>
    private void TakeOver(RemotePeer peer, Instant now)
    {
        var tip = core.Tip;
        var taken = 0;
        foreach (var other in _peers)
        {
            if (other == peer) continue;
            var patience = Patience(other);
            for (var request = other.Oldest; request is not null && now - request.SentAt > patience && taken < MaxTakeOvers; request = request.Newer)
            {
                if (request.Block is not { } block || request.IsDoubled || !CanServe(peer, block, tip)) continue;
                request.IsDoubled = true;
                var twin = peer.Open(tip.Fork, now);
                twin.IsDoubled = true;
                twin.Block = block;
                twin.Priority = 1;
                taken++;
                output.SendRequest(twin);
            }
        }
    }

    private TimeSpan Patience(RemotePeer peer)
    {
        var usual = TimeSpan.FromMilliseconds(200) + (8 * peer.Window.Delay);
        return usual < options.SlowAfter ? usual : options.SlowAfter;
    }

    private ulong RandomBelow(ulong count) => count <= 1 ? 0 : random.NextUInt64() % count;
}
