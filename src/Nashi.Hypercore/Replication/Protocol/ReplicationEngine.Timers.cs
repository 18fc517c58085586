namespace Nashi.Hypercore.Replication.Protocol;

internal sealed partial class ReplicationEngine
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortTick = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(10);

    /// <summary>When <see cref="HandleTimeout"/> is to be called; null when there is nothing to wait for.</summary>
    public TimeSpan? NextTimeout
    {
        get
        {
            if (_isClosed) return null;
            if (_givingUp > 0) return ShortTick;
            foreach (var peer in _peers)
            {
                if (peer.UnderWay > 0) return _peers.Count > 1 ? ShortTick : Tick;
                if (peer.PausedUntil != Instant.Zero || peer.ProbeSentAt is not null) return ShortTick;
            }

            return null;
        }
    }

    public void HandleTimeout(Instant now)
    {
        for (var i = _peers.Count - 1; i >= 0; i--)
        {
            var peer = _peers[i];
            Unpause(peer, now);
            if (peer.Oldest is { } oldest && now - oldest.SentAt > options.RequestTimeout && now - peer.LastAnswer > options.RequestTimeout) Forsake(peer, now);
        }

        if (_peers.Count > 1) TouchAll();
        CheckGiveUps(now);
        CheckUpgrades(now);
    }

    private void Unpause(RemotePeer peer, Instant now)
    {
        if (peer.ProbeSentAt is { } sent && now - sent > ProbeTimeout)
        {
            peer.ProbeSentAt = null;
            output.Expel(peer, ReplicationFault.InvalidAnswers);
            return;
        }

        if (peer.PausedUntil == Instant.Zero || now < peer.PausedUntil) return;
        peer.PausedUntil = Instant.Zero;
        Touch(peer);
    }

    /// <summary>A peer is silent: its requests go to others, or to itself again after a pause.</summary>
    private void Forsake(RemotePeer peer, Instant now)
    {
        peer.PausedUntil = Instant.Max(peer.PausedUntil, now + LongPause);
        while (peer.Oldest is { } request) Abandon(request, isCancelled: true);
    }
}
