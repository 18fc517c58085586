using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

internal sealed partial class ReplicationEngine
{
    private const int MaxRefusals = 32;
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(5);

    /// <summary>An answer arrived.</summary>
    public AnswerUse HandleData(RemotePeer peer, ulong id, Proof proof, int bytes, Instant now, out Request? request)
    {
        request = null;
        if (_isClosed || peer.IsGone) return AnswerUse.Ignore;
        if (id == 0) return HandlePushed(peer, proof);
        request = peer.Find(id);
        if (request is null)
        {
            CountUnasked(peer);
            return AnswerUse.Ignore;
        }

        peer.Close(request);
        peer.LastAnswer = now;
        peer.Refusals = 0;
        peer.Window.HandleAnswer(request.SentAt, bytes, now);
        Touch(peer);
        if (!IsAnswerTo(request, proof))
        {
            Fail(request);
            Strike(peer, now);
            return AnswerUse.Ignore;
        }

        peer.Verifying++;
        request.State = RequestState.Verifying;
        if (request.Reorg is not { } reorg) return AnswerUse.Verify;
        if (reorg != _reorg)
        {
            peer.Verifying--;
            Fail(request);
            return AnswerUse.Ignore;
        }

        reorg.IsBusy = true;
        return reorg.Reorg is null ? AnswerUse.BeginReorg : AnswerUse.UpdateReorg;
    }

    /// <summary>What became of an answer to <see cref="AnswerUse.Verify"/>.</summary>
    public void HandleVerified(Request request, VerifyOutcome outcome, Instant now)
    {
        var peer = request.Peer;
        peer.Verifying--;
        Touch(peer);
        if (outcome.IsAccepted)
        {
            Accept(request, outcome, now);
            return;
        }

        Fail(request);
        if (_isClosed || peer.IsGone) return;
        switch (outcome.Refusal)
        {
            case ProofRefusal.OutOfDate or ProofRefusal.WrongFork or ProofRefusal.NotAvailable:
                if (++peer.Outdated % 16 == 0) peer.PausedUntil = Instant.Max(peer.PausedUntil, now + ShortPause);
                break;
            case ProofRefusal.WriteFailed:
                peer.PausedUntil = now + LongPause;
                break;
            case ProofRefusal.Frozen or ProofRefusal.Closed:
                break;
            default:
                // The answer that was to bring the nodes that this one builds on may have failed, or come later: no fault of the peer. After some of those
                // nothing is asked that way any more, so that a liar gains nothing.
                if (request.SharedNodes is not null) peer.ShortenedFailures++;
                else Strike(peer, now);
                break;
        }
    }

    public void HandleNoData(RemotePeer peer, in NoDataMessage message, Instant now)
    {
        if (peer.IsGone || peer.Find(message.Request) is not { } request) return;
        peer.Close(request);
        peer.LastAnswer = now;
        Refuse(request, now);
        if (++peer.Refusals % MaxRefusals == 0) peer.PausedUntil = Instant.Max(peer.PausedUntil, now + LongPause);
        Touch(peer);
        CheckUpgrades(now);
        CheckGiveUps(now);
    }

    /// <summary>The probe's answer proved nothing: the peer may go on.</summary>
    public void HandleNoConflict(RemotePeer peer)
    {
        if (peer.ProbeSentAt is null && peer.PausedUntil == Instant.Never) peer.PausedUntil = Instant.Zero;
        Touch(peer);
    }

    /// <summary>A peer was wrong: count it, and find out whether the writer forked.</summary>
    private void Strike(RemotePeer peer, Instant now)
    {
        if (peer.IsGone) return;
        if (++peer.InvalidAnswers >= options.MaxInvalidAnswersPerPeer)
        {
            output.Expel(peer, ReplicationFault.InvalidAnswers);
            return;
        }

        var tip = core.Tip;
        var length = Math.Min(tip.Length, peer.Remote.Length);
        if (peer.Remote.Fork != tip.Fork || length == 0)
        {
            peer.PausedUntil = Instant.Max(peer.PausedUntil, now + ShortPause);
            return;
        }

        if (peer.ProbeSentAt is not null) return;
        peer.ProbeSentAt = now;
        peer.PausedUntil = Instant.Never;
        output.SendProbe(peer, tip.Fork, length);
    }

    private AnswerUse HandlePushed(RemotePeer peer, Proof proof)
    {
        if (proof.Upgrade is not { Start: 0 })
        {
            CountUnasked(peer);
            return AnswerUse.Ignore;
        }

        // A peer may also warn us of a conflict unasked.
        if (peer.ProbeSentAt is null) CountUnasked(peer);
        peer.ProbeSentAt = null;
        return AnswerUse.CheckConflict;
    }

    private void CountUnasked(RemotePeer peer)
    {
        // The answer to what we cancelled may have been on its way.
        if (peer.Cancelled > 0) peer.Cancelled--;
        else if (++peer.UnaskedAnswers > options.MaxUnaskedAnswersPerPeer) output.Expel(peer, ReplicationFault.UnaskedAnswers);
    }

    private static bool IsAnswerTo(Request request, Proof proof)
    {
        if (proof.Fork != request.Fork) return false;
        if (proof.Block is { } block && block.Index != request.Block) return false;
        if (proof.Hash is { } hash && hash.Index != request.Hash) return false;
        if (proof.Seek is { } seek && seek.Bytes != request.Seek?.Bytes) return false;
        return proof.Upgrade is null || request.Upgrade is not null;
    }

    private void Accept(Request request, VerifyOutcome outcome, Instant now)
    {
        request.State = RequestState.Done;
        if (request.Block is not null && outcome.BlockIndex is null)
        {
            // Only the manifest came, or the upgrade.
            Refuse(request, now);
            return;
        }

        request.Peer.Outdated = 0;
        Release(request);
        if (request.Block is { } block)
        {
            if (_claims.Remove(block, out var other)) _claimed.Remove(block);
            if (request.IsDoubled) CancelTwins(block, other);
            ResolveBlocks(block, 1);
        }

        if (request.Seek is { } seek) EndSeek(seek, true);
        if (request.Upgrade is not null && !outcome.Upgraded) request.Peer.UpgradeRefused = true;
        CheckUpgrades(now);
    }

    private void CancelTwins(ulong block, Request? claim)
    {
        if (claim is { State: RequestState.UnderWay }) Cancel(claim);
        foreach (var peer in _peers)
        {
            for (var request = peer.Oldest; request is not null; request = request.Newer)
            {
                if (request.Block != block) continue;
                Cancel(request);
                break;
            }
        }
    }

    private void Refuse(Request request, Instant now)
    {
        var peer = request.Peer;
        if (request.Upgrade is not null && request.Reorg is null) peer.UpgradeRefused = true;
        if (request.Manifest && request is { Block: null, Hash: null, Upgrade: null }) peer.UpgradeRefused = true;
        if (request.Block is { } block)
        {
            peer.Blocks.Drop(block, block + 1);
            if (_blocks.TryGetValue(block, out var demand)) demand.Since = now;
        }

        _ = request.Seek?.Refused.Add(peer);
        if (request.Reorg is { } reorg)
        {
            if (reorg.Reorg is null) peer.ForkRefused = true;
            else _ = reorg.Refused.Add(peer);
        }

        Fail(request);
        if (request.Seek is { } seek && _seeks.Contains(seek) && _peers.TrueForAll(seek.Refused.Contains)) EndSeek(seek, false);
    }

    /// <summary>There will be no good answer: what it was for is free to be asked of others.</summary>
    private void Fail(Request request)
    {
        request.State = RequestState.Failed;
        Release(request);
        if (request.Block is { } block) Unclaim(request, block);
        TouchAll();
    }

    private void Release(Request request)
    {
        if (_upgradeRequest == request) _upgradeRequest = null;
        if (_manifestRequest == request) _manifestRequest = null;
        if (request.Seek?.Request == request) request.Seek.Request = null;
        if (request.Reorg is not { } reorg || reorg.Request != request) return;
        reorg.Request = null;
        reorg.IsBusy = false;
        if (_reorg == reorg && reorg.Reorg is null) _reorg = null;
    }

    private void Unclaim(Request request, ulong block)
    {
        if (!_claims.TryGetValue(block, out var claim) || claim != request) return;
        var twin = request.IsDoubled ? FindTwin(request, block) : null;
        if (twin is not null)
        {
            _claims[block] = twin;
            twin.IsDoubled = false;
            return;
        }

        _ = _claims.Remove(block);
        _claimed.Remove(block);
        if (_blocks.TryGetValue(block, out var demand)) Queue(demand);
    }

    private Request? FindTwin(Request request, ulong block)
    {
        foreach (var peer in _peers)
        {
            for (var other = peer.Oldest; other is not null; other = other.Newer)
            {
                if (other != request && other.Block == block) return other;
            }
        }

        return null;
    }

    /// <summary>Takes a request back.</summary>
    private void Cancel(Request request)
    {
        if (request.State != RequestState.UnderWay) return;
        Abandon(request, isCancelled: true);
    }

    private void Abandon(Request request, bool isCancelled = false)
    {
        request.Peer.Close(request);
        if (isCancelled && !request.Peer.IsGone)
        {
            request.Peer.Cancelled++;
            output.SendCancel(request);
        }

        Fail(request);
    }
}
