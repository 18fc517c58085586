using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication.Protocol;

internal sealed partial class ReplicationEngine
{
    // Blocks this near the end are announced to everybody, as the reference does.
    private const ulong LastBlocks = 256;

    private const int MaxChangesPerPeer = 256;
    private const int WordsPerMessage = 1024;

    public void HandleSync(RemotePeer peer, in SyncMessage message, Instant now)
    {
        var before = peer.Remote;
        var isFirst = !peer.IsSynced;
        var tip = core.Tip;
        peer.Remote = message;
        peer.IsSynced = true;
        peer.LengthAcked = message.Fork == tip.Fork ? message.RemoteLength : 0;
        var moved = isFirst || before.Fork != message.Fork || before.Length != message.Length;
        if (moved)
        {
            peer.UpgradeRefused = false;
            peer.ForkRefused = false;
            if (message.Length < before.Length || message.Fork != before.Fork) peer.Blocks.Drop(message.Length, ulong.MaxValue >> 1);
            RecheckUpgrade(peer, tip);
        }

        if (!message.Downloading && !_isDownloading)
        {
            output.CloseIdle(peer);
            return;
        }

        Touch(peer);
        CheckUpgrades(now);
    }

    /// <summary>The answer to <see cref="IReplicationOutput.AskCanUpgrade"/>.</summary>
    public void HandleCanUpgrade(RemotePeer peer, ulong fork, ulong length, bool can, Instant now)
    {
        peer.IsAskingCanUpgrade = false;
        if (peer.IsGone) return;
        var tip = core.Tip;
        if (tip.Fork != fork || peer.Remote.Fork != fork || peer.Remote.Length != length)
        {
            RecheckUpgrade(peer, tip);
        }
        else
        {
            SetCanUpgrade(peer, can && length < tip.Length);
        }

        Touch(peer);
        CheckUpgrades(now);
    }

    public void HandleRange(RemotePeer peer, in RangeMessage message, out ulong contiguous)
    {
        peer.Blocks.Apply(message);
        contiguous = peer.Remote.Fork == core.Tip.Fork ? peer.Blocks.Contiguous : 0;
        if (!message.Drop) Touch(peer);
    }

    public void HandleBitfield(RemotePeer peer, in BitfieldMessage message)
    {
        peer.Blocks.Apply(message);
        Touch(peer);
    }

    public void HandleWant(RemotePeer peer, in WantMessage want)
    {
        if (!peer.Wants.Add(want)) return;
        AnswerWant(peer, want);
    }

    /// <summary>Our own core grew.</summary>
    public void HandleUpgraded(Instant now) => HandleTip(now);

    /// <summary>Our own core went to another fork.</summary>
    public void HandleTruncated(ulong newLength, Instant now)
    {
        foreach (var peer in _peers)
        {
            peer.AnnouncedContiguous = Math.Min(peer.AnnouncedContiguous, newLength);
            peer.CanUpgrade = false;
            peer.UpgradableLength = 0;
            peer.LengthAcked = 0;
            // What was asked on the old fork can not be verified any more.
            while (peer.Oldest is { } request) Abandon(request, isCancelled: true);
        }

        if (_reorg is not null && _reorg.Fork <= core.Tip.Fork) _reorg = null;
        ReopenRanges(newLength);
        // Who waits for a block that was cut away looks again: a snapshot will never see it.
        foreach (var demand in _blocks.Values.Where(demand => demand.Index >= newLength).ToArray()) EndBlock(demand, true);
        HandleTip(now);
    }

    /// <summary>Blocks of our own core came or went.</summary>
    public void HandleBlocks(ulong start, ulong count, bool held)
    {
        var change = new RangeMessage(!held, start, count);
        if (held) ResolveBlocks(start, count);
        else ReopenRanges(start);
        foreach (var peer in _peers) Note(peer, change);
    }

    /// <summary>Our manifest is known now.</summary>
    public void HandleManifest() => TouchAll();

    /// <summary>An answer is about to take the peer to this length of ours: it hears of it first.</summary>
    /// <remarks>
    /// The reference says that it grew at once only up to the length it was told; beyond, it stays silent and then waits for an acknowledgement of what it
    /// did not say. A signature is of our whole tree, so an answer reaches further than what was asked for when we grew since.
    /// </remarks>
    public void TellAhead(RemotePeer peer, ulong fork, ulong length)
    {
        if (_isClosed || peer.IsGone) return;
        if (peer.SentSync is { } sent && sent.Fork == fork && sent.Length >= length) return;
        TellNow(peer);
    }

    /// <summary>Sends what the peer does not know of us, unless we are about to know more ourselves.</summary>
    private void Tell(RemotePeer peer)
    {
        if (!peer.IsAskingCanUpgrade) TellNow(peer);
    }

    private void TellNow(RemotePeer peer)
    {
        var tip = core.Tip;
        var message = SyncFor(peer, tip);
        if (peer.SentSync != message)
        {
            peer.SentSync = message;
            output.SendSync(peer, message);
        }

        TellBlocks(peer, tip.Length);
    }

    private SyncMessage SyncFor(RemotePeer peer, CoreTip tip)
    {
        var isSameFork = peer.Remote.Fork == tip.Fork;
        return new(
            tip.Fork, tip.Length, isSameFork ? peer.Remote.Length : 0, isSameFork && peer is { CanUpgrade: true, IsAskingCanUpgrade: false },
            Uploading: true, Downloading: _isDownloading || IsAsking, core.OffersManifest, AllowPush: false);
    }

    private bool IsAsking => _peers.Exists(static peer => peer.UnderWay > 0);

    private void TellBlocks(RemotePeer peer, ulong length)
    {
        var contiguous = Math.Min(length, core.ContiguousLength);
        var isFull = contiguous == length;
        if (contiguous > peer.AnnouncedContiguous && (isFull || peer.AnnouncedContiguous == 0))
        {
            peer.AnnouncedContiguous = contiguous;
            output.SendRange(peer, new(false, 0, contiguous));
        }

        foreach (var change in peer.Changes)
        {
            if (change.Drop || (change.End > peer.AnnouncedContiguous && !isFull)) output.SendRange(peer, change);
        }

        peer.Changes.Clear();
        if (!peer.IsRetellingWants) return;
        peer.IsRetellingWants = false;
        foreach (var want in peer.Wants.All) AnswerWant(peer, want);
    }

    /// <summary>Remembers a change for a peer that cares; neighbours become one.</summary>
    private void Note(RemotePeer peer, in RangeMessage change)
    {
        if (change.Drop) peer.AnnouncedContiguous = Math.Min(peer.AnnouncedContiguous, change.Start);
        else if (!IsNews(peer, change)) return;
        Touch(peer);
        if (peer.Changes.Count > 0 && peer.Changes[^1] is var last && last.Drop == change.Drop && last.End == change.Start)
        {
            peer.Changes[^1] = last with { Length = last.Length + change.Length };
        }
        else if (peer.Changes.Count < MaxChangesPerPeer || change.Drop)
        {
            peer.Changes.Add(change);
        }
        else
        {
            peer.IsRetellingWants = true;
        }
    }

    private bool IsNews(RemotePeer peer, in RangeMessage change)
    {
        var length = core.Tip.Length;
        if (core.ContiguousLength >= length) return true;
        if (change.End + LastBlocks < length && !peer.Wants.Touches(change.Start, change.End)) return false;
        return !peer.Blocks.HasAll(change.Start, change.End);
    }

    private void AnswerWant(RemotePeer peer, in WantMessage want)
    {
        var length = core.Tip.Length;
        var contiguous = Math.Min(length, core.ContiguousLength);
        if (want.Start + want.Length < contiguous || contiguous == length || (want.Any && want.Start < contiguous))
        {
            if (contiguous == 0) return;
            peer.AnnouncedContiguous = Math.Max(peer.AnnouncedContiguous, contiguous);
            output.SendRange(peer, new(false, 0, contiguous));
            return;
        }

        var end = Math.Min(want.Start + want.Length, length);
        if (want.Any) AnswerAny(peer, want.Start, end);
        else AnswerWindow(peer, want.Start & ~(BlockSet.PageBits - 1), end);
    }

    private void AnswerAny(RemotePeer peer, ulong start, ulong end)
    {
        for (var block = start; block < end;)
        {
            if (core.Has(block))
            {
                output.SendRange(peer, new(false, block, 1));
                return;
            }

            block = NextHeld(block, end);
        }
    }

    private void AnswerWindow(RemotePeer peer, ulong start, ulong end)
    {
        Span<uint> words = stackalloc uint[WordsPerMessage];
        while (start < end)
        {
            // Whole pages, so that what the remote had wrong is corrected too.
            var count = WordsPerMessage;
            if (core.CopyBits(start, words[..count])) output.SendBitfield(peer, start, words[..count]);
            start += (ulong)count * 32;
        }
    }

    private ulong NextHeld(ulong start, ulong end)
    {
        Span<uint> words = stackalloc uint[32];
        for (var at = start & ~31UL; at < end; at += 1024)
        {
            if (!core.CopyBits(at, words)) continue;
            for (var i = 0; i < words.Length; i++)
            {
                var word = words[i];
                var first = at + ((ulong)i * 32);
                if (first < start) word &= start - first >= 32 ? 0 : uint.MaxValue << (int)(start - first);
                if (word != 0) return first + (ulong)System.Numerics.BitOperations.TrailingZeroCount(word);
            }
        }

        return end;
    }

    private void HandleTip(Instant now)
    {
        var tip = core.Tip;
        foreach (var peer in _peers)
        {
            if (!peer.CanUpgrade || peer.Remote.Fork != tip.Fork || peer.Remote.Length >= tip.Length) RecheckUpgrade(peer, tip);
        }

        foreach (var upgrade in _upgrades.ToArray())
        {
            if (upgrade.Tip.Fork != tip.Fork || upgrade.Tip.Length != tip.Length) EndUpgrade(upgrade, true);
        }

        foreach (var seek in _seeks.ToArray()) EndSeek(seek, true);
        TouchAll();
        CheckUpgrades(now);
    }

    private void RecheckUpgrade(RemotePeer peer, CoreTip tip)
    {
        var (fork, length) = (peer.Remote.Fork, peer.Remote.Length);
        if (fork != tip.Fork) SetCanUpgrade(peer, false);
        else if (length == 0) SetCanUpgrade(peer, true);
        else if (length >= tip.Length) SetCanUpgrade(peer, false);
        else if (!peer.IsAskingCanUpgrade)
        {
            peer.IsAskingCanUpgrade = true;
            output.AskCanUpgrade(peer, fork, length);
        }
    }

    private static void SetCanUpgrade(RemotePeer peer, bool can)
    {
        peer.CanUpgrade = can;
        if (!can) return;
        peer.UpgradableFork = peer.Remote.Fork;
        peer.UpgradableLength = peer.Remote.Length;
    }
}
