using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

internal sealed partial class ReplicationEngine
{
    private ReorgState? _reorg;

    // A fork is being adopted: what we would ask now would be for the old one.
    private bool _isApplying;

    /// <summary>The move to another fork that is under way.</summary>
    public ReorgState? Reorg => _reorg;

    /// <summary>An answer for the move to another fork was judged.</summary>
    /// <returns>True when the common ancestor is found: commit, then tell <see cref="HandleReorgCommitted"/>.</returns>
    public bool HandleReorg(Request request, IReorg? reorg, ProofRefusal refusal, Instant now)
    {
        var state = request.Reorg!;
        var peer = request.Peer;
        peer.Verifying--;
        state.IsBusy = false;
        if (state.Request == request) state.Request = null;
        request.State = refusal == ProofRefusal.None ? RequestState.Done : RequestState.Failed;
        TouchAll();
        if (_reorg != state) return false;
        if (refusal != ProofRefusal.None)
        {
            if (state.Reorg is null)
            {
                _reorg = null;
                peer.ForkRefused = true;
            }
            else
            {
                _ = state.Refused.Add(peer);
            }

            if (IsFault(refusal)) Strike(peer, now);
            CheckUpgrades(now);
            return false;
        }

        state.Reorg ??= reorg;
        state.Want = state.Reorg!.Want;
        state.Refused.Clear();
        if (state.Want is not null) return false;
        state.IsBusy = true;
        _isApplying = true;
        return true;
    }

    /// <summary>The move ended, well or not.</summary>
    public void HandleReorgCommitted(VerifyOutcome outcome, Instant now)
    {
        _isApplying = false;
        var fork = _reorg?.Fork;
        _reorg = null;
        if (!outcome.IsAccepted)
        {
            foreach (var peer in _peers) peer.ForkRefused |= peer.Remote.Fork == fork;
        }

        TouchAll();
        CheckUpgrades(now);
    }

    private static bool IsFault(ProofRefusal refusal) =>
        refusal is ProofRefusal.InvalidProof or ProofRefusal.InvalidChecksum or ProofRefusal.InvalidSignature or ProofRefusal.InvalidManifest or ProofRefusal.ManifestMissing;

    /// <summary>Begins to move to the highest fork there is, if it is above ours.</summary>
    private void UpdateReorg(Instant now)
    {
        DropHopelessReorg();
        var fork = core.Tip.Fork;
        RemotePeer? best = null;
        foreach (var peer in _peers)
        {
            if (!peer.IsSynced || peer.ForkRefused || peer.Remote.Length == 0 || now < peer.PausedUntil || !peer.Remote.Uploading) continue;
            if (peer.Remote.Fork > Math.Max(fork, _reorg?.Fork ?? 0) && peer.Remote.Fork > (best?.Remote.Fork ?? 0)) best = peer;
        }

        if (best is null || _reorg is { IsBusy: true }) return;
        if (_reorg?.Request is { } old) Cancel(old);
        _reorg = new ReorgState(best.Remote.Fork);
        var request = best.Open(best.Remote.Fork, now);
        request.Upgrade = new(0, best.Remote.Length);
        request.Manifest = !core.HasManifest;
        request.Reorg = _reorg;
        _reorg.Request = request;
        output.SendRequest(request);
    }

    private void DropHopelessReorg()
    {
        if (_reorg is not { IsBusy: false, Request: null } reorg) return;
        foreach (var peer in _peers)
        {
            if (peer.Remote.Fork == reorg.Fork && !reorg.Refused.Contains(peer)) return;
        }

        foreach (var peer in reorg.Refused) peer.ForkRefused = true;
        _reorg = null;
    }

    private bool TryReorgHash(RemotePeer peer, Instant now)
    {
        if (_reorg is not { Want: { } want, Request: null, IsBusy: false } reorg || peer.Remote.Fork != reorg.Fork) return false;
        if (reorg.Refused.Contains(peer)) return false;
        var end = Math.Min(want.End, peer.Remote.Length);
        if (want.Start >= end) return false;
        if (FindTheirs(peer, want.Start + RandomBelow(end - want.Start), want.Start, end) is not { } block)
        {
            WantForReorg(peer, want.Start);
            return false;
        }

        var request = peer.Open(reorg.Fork, now);
        request.Hash = block * 2;
        request.HashNodes = want.Nodes;
        request.Reorg = reorg;
        reorg.Request = request;
        output.SendRequest(request);
        return true;
    }

    /// <summary>Some block of a window that the peer has.</summary>
    private static ulong? FindTheirs(RemotePeer peer, ulong from, ulong start, ulong end)
    {
        if (peer.Blocks.Has(from)) return from;
        Span<uint> words = stackalloc uint[32];
        for (var at = peer.Blocks.NextPossible(start) & ~31UL; at < end; at = peer.Blocks.NextPossible(at + 1024) & ~31UL)
        {
            peer.Blocks.CopyBits(at, words);
            for (var i = 0; i < 1024; i++)
            {
                var block = at + (ulong)i;
                if (block >= start && block < end && (words[i >> 5] & (1u << (i & 31))) != 0) return block;
            }
        }

        return null;
    }

    private void WantForReorg(RemotePeer peer, ulong block)
    {
        var window = block / WantWindow;
        if (peer.Wanted.Count >= MaxWants || !peer.Wanted.Add(window)) return;
        peer.WantedInOrder.Enqueue(window);
        output.SendWant(peer, new(window * WantWindow, WantWindow, false), isWanted: true);
    }
}
