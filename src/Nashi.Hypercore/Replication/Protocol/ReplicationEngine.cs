using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Decides what to tell the peers of one core and what to ask of them.</summary>
/// <remarks>
/// One per core. Pure: no clock, no I/O, no tasks; not thread-safe. Call order: any <c>Handle…</c>, <c>Add…</c> or <c>Remove…</c>, then, whenever
/// <see cref="IsDirty"/>, <see cref="Flush"/>. A block is asked of one peer at a time; of a second only when the first is slow. Spec: data.md §3.
/// </remarks>
internal sealed partial class ReplicationEngine(ILocalCore core, IReplicationOutput output, ReplicationOptions options, IRandom random)
{
    private readonly List<RemotePeer> _peers = [];
    private bool _isDownloading = true;
    private bool _isClosed;

    /// <summary>Peers whose channel is open.</summary>
    public IReadOnlyList<RemotePeer> Peers => _peers;

    /// <summary>Channels that we opened and that the other side may still open.</summary>
    public int Opening { get; private set; }

    /// <summary><see cref="Flush"/> has work.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>Whether we tell peers that we want to be kept connected.</summary>
    public bool IsDownloading => _isDownloading;

    public void SetDownloading(bool value)
    {
        if (_isDownloading == value) return;
        _isDownloading = value;
        TouchAll();
    }

    public void HandleOpening() => Opening++;

    /// <summary>The channel that was opening closed instead.</summary>
    public void HandleNotOpened(Instant now)
    {
        Opening--;
        CheckUpgrades(now);
    }

    /// <summary>Both sides opened the channel.</summary>
    public RemotePeer AddPeer(object owner, bool seeks, Instant now)
    {
        Opening--;
        var window = new RequestWindow(options.MinRequestsPerPeer, options.MaxRequestsPerPeer, options.MaxRequestedBytesPerPeer);
        var peer = new RemotePeer(owner, seeks, window) { CanUpgrade = true, LastAnswer = now };
        _peers.Add(peer);
        Tell(peer);
        return peer;
    }

    /// <summary>The channel closed.</summary>
    public void RemovePeer(RemotePeer peer, Instant now)
    {
        if (peer.IsGone) return;
        peer.IsGone = true;
        _ = _peers.Remove(peer);
        while (peer.Oldest is { } request) Abandon(request);
        foreach (var seek in _seeks) _ = seek.Refused.Remove(peer);
        _ = _reorg?.Refused.Remove(peer);
        TouchAll();
        CheckUpgrades(now);
        CheckGiveUps(now);
    }

    /// <summary>The core is frozen or closing: every wait ends.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var demand in _blocks.Values.ToArray()) EndBlock(demand, false);
        foreach (var seek in _seeks.ToArray()) EndSeek(seek, false);
        foreach (var upgrade in _upgrades.ToArray()) EndUpgrade(upgrade, false);
        foreach (var range in _ranges) output.RangeDone(range, false);
        _ranges.Clear();
        _reorg = null;
    }

    /// <summary>Tells and asks what there is to tell and ask.</summary>
    public void Flush(Instant now)
    {
        IsDirty = false;
        if (_isClosed) return;
        TrimRanges();
        for (var i = 0; i < _peers.Count; i++)
        {
            var peer = _peers[i];
            if (!peer.IsDirty) continue;
            peer.IsDirty = false;
            if (!peer.IsClogged) Tell(peer);
            Schedule(peer, now);
        }
    }

    /// <summary>The channel of a peer takes more again.</summary>
    public void HandleDrain(RemotePeer peer)
    {
        if (!peer.IsClogged) return;
        peer.IsClogged = false;
        Touch(peer);
    }

    private void Touch(RemotePeer peer)
    {
        peer.IsDirty = true;
        IsDirty = true;
    }

    private void TouchAll()
    {
        foreach (var peer in _peers) peer.IsDirty = true;
        IsDirty |= _peers.Count > 0;
    }
}
