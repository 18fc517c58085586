namespace Nashi.Udx.Protocol;

/// <content>Moving to another path of the remote without losing a byte.</content>
/// <remarks>
/// The wire has no word for this, so what there is must do. While the new path is tried, every packet goes by both, and heartbeats ask for
/// an answer. Who hears the other on the new path says so by an empty message on it: the same nudge that the reference sends once it has moved. A nudge heard
/// proves both directions, and so does a remote that has ceased to use the old path. Until then, and for a while after, the old path stays: it carries what
/// the remote still has under way there, packets too large for the new path, and everything when the new path falls silent.
/// A path that proves nothing in time is given up, and the stream is where it was. Spec: network.md §1.9, §3.10; threats.md §2b.
/// </remarks>
internal sealed partial class UdxCore
{
    private const long TrialMax = 10_000_000;
    private const long ProbeEvery = 100_000;
    private const long NudgeEvery = 50_000;
    private const long QuietProves = 1_000_000;
    private const long QuietReleases = 3_000_000;
    private const long QuietReleasesUntold = 10_000_000;

    // What the reference had under way at its change it repeats by the old path alone, every two seconds, for thirteen.
    private const long QuietReleasesOwed = 15_000_000;
    private const long SilenceReturns = 2_000_000;
    private const long CheckEvery = 500_000;
    private const int NudgesMax = 100;

    private MovePhase _phase;
    private uint _otherId;
    private bool _otherIsIPv6;
    private bool _wasHeard;
    private bool _wasTold;
    private long _moveBegan;
    private long _heardAt;
    private long _newHeardAt;
    private long _oldHeardAt;
    private uint _moveEnd;
    private uint _owedUntil;
    private long _moveAt = long.MaxValue;
    private bool _askPending;
    private bool _nudgePending;
    private long _nudgedAt;
    private int _nudges;

    /// <summary>Where it is on its way.</summary>
    public MovePhase Phase => _phase;

    /// <summary>How often the two paths have changed places: after an odd number the stream lives on what was the other path.</summary>
    public int Swaps { get; private set; }

    /// <summary>By which path the packet that <see cref="PollTransmit"/> gave last is to go. Its stream id is that of the first of them.</summary>
    public PathSide Route { get; private set; } = PathSide.Current;

    /// <summary>The remote's id of the stream on the other path.</summary>
    public uint OtherId => _otherId;

    /// <summary>Begins to try another path. Its packets are to be given as <see cref="PathSide.Other"/>.</summary>
    /// <returns>False when a move is under way, or the stream is not open.</returns>
    public bool TryMove(uint remoteId, bool isIPv6, Instant now)
    {
        if (_phase != MovePhase.Settled || CloseReason is not null || !_isConnected) return false;
        _phase = MovePhase.Trying;
        (_otherId, _otherIsIPv6) = (remoteId, isIPv6);
        (_wasHeard, _wasTold, _nudges, _nudgedAt) = (false, false, 0, 0);
        (_moveBegan, _oldHeardAt, _newHeardAt) = (now.Microseconds, now.Microseconds, 0);
        (_moveEnd, _owedUntil) = (_sent.Next, _expected);
        // What is numbered from now on has to fit both.
        _path++;
        _mtu.Reset();
        _bbr.SetPayload(PayloadMax);
        _askPending = true;
        _moveAt = now.Microseconds + ProbeEvery;
        return true;
    }

    /// <summary>The old path is gone: the new one has to do, proved or not.</summary>
    public void LoseOldPath(Instant now)
    {
        if (_phase == MovePhase.Trying) Settle(now.Microseconds);
        if (_phase == MovePhase.Moved) Release();
    }

    /// <summary>The new path is gone before it was proved.</summary>
    public void LoseNewPath()
    {
        if (_phase == MovePhase.Trying) Release();
    }

    private void HandleArrival(in PacketHeader header, bool isEmpty, PathSide side, long now)
    {
        if (_phase == MovePhase.Settled) return;
        // The number that a packet without data bears is that of the next with data.
        if (Serial.IsAfter(header.Sequence, _owedUntil)) _owedUntil = header.Sequence;
        var isNew = side == (_phase == MovePhase.Trying ? PathSide.Other : PathSide.Current);
        if (!isNew)
        {
            if (side != PathSide.None) _oldHeardAt = now;
            return;
        }

        _newHeardAt = now;
        if (!_wasHeard) (_wasHeard, _heardAt) = (true, now);
        var isNudge = header.Has(PacketTypes.Message) && isEmpty;
        _wasTold |= isNudge;
        // Said again for as long as the remote asks, or speaks and we do not know that it heard.
        if (isNudge || _phase == MovePhase.Trying || header.Has(PacketTypes.Heartbeat)) Nudge(now);
        if (_phase == MovePhase.Trying && _wasTold) Settle(now);
    }

    private void Nudge(long now)
    {
        if (_nudges >= NudgesMax || (_nudges > 0 && now - _nudgedAt < NudgeEvery)) return;
        _nudges++;
        _nudgedAt = now;
        _nudgePending = true;
    }

    private void HandleMoveTimeout(long now)
    {
        if (now < _moveAt) return;
        _moveAt = now + (_phase == MovePhase.Trying ? ProbeEvery : CheckEvery);
        if (_phase == MovePhase.Trying) Try(now);
        else Watch(now);
    }

    // The old path is there to go back to, so the new one is asked all the time whether it still lives.
    private void Watch(long now)
    {
        _askPending = true;
        if (now - _newHeardAt >= SilenceReturns) StepBack(now);
        else if (MayRelease(now)) Release();
    }

    private void Try(long now)
    {
        _askPending = true;
        var hasLeftOld = _wasHeard && now - Math.Max(_oldHeardAt, _heardAt) >= QuietProves && now - _newHeardAt < QuietProves;
        if (hasLeftOld) Settle(now);
        else if (now - _moveBegan >= TrialMax) Release();
    }

    // The new path is the path from now on: what was learnt of the old one says nothing about it.
    private void Settle(long now)
    {
        _phase = MovePhase.Moved;
        Swap(now);
        _moveAt = now + CheckEvery;
    }

    // It proved itself and fell silent all the same: tried anew, from the old one.
    private void StepBack(long now)
    {
        _phase = MovePhase.Trying;
        Swap(now);
        (_wasHeard, _wasTold, _nudges) = (false, false, 0);
        (_moveBegan, _oldHeardAt, _moveEnd) = (now, now, _sent.Next);
        _moveAt = now + ProbeEvery;
    }

    private void Swap(long now)
    {
        Swaps++;
        (_remoteId, _otherId) = (_otherId, _remoteId);
        (var isIPv6, _otherIsIPv6) = (_otherIsIPv6, _ipHeader == HeaderIPv6);
        _path++;
        _mtu.Reset();
        _rtt.Reset();
        _bbr = new Bbr();
        SetFamily(isIPv6);
        (_nextSendAt, _timeouts, _tlpAllowed) = (0, 0, true);
        ArmTimers(now);
    }

    private bool MayRelease(long now)
    {
        if (_timeouts > 0 || Serial.IsBefore(_sent.First, _moveEnd) || now - _newHeardAt > 3 * CheckEvery) return false;
        var quiet = now - _oldHeardAt;
        if (!IsRemoteEnded && Serial.IsBefore(_expected, _owedUntil)) return quiet >= QuietReleasesOwed;
        return quiet >= (_wasTold ? QuietReleases : QuietReleasesUntold);
    }

    private void Release()
    {
        _phase = MovePhase.Settled;
        (_askPending, _nudgePending, _moveAt) = (false, false, long.MaxValue);
        _otherId = 0;
    }

    private PathSide RouteOf(bool needsOldPath) => _phase switch
    {
        MovePhase.Trying => PathSide.Both,
        MovePhase.Moved when needsOldPath || _timeouts > 0 || CloseReason is not null => PathSide.Both,
        _ => needsOldPath ? PathSide.Both : PathSide.Current,
    };

    // Nudges go by the new path alone: that it carries them is what they are for. Questions go by all there are: by which path the answer comes tells where
    // the remote lives, even when it has nothing else to say.
    private int PollMove(Span<byte> destination)
    {
        if (_nudgePending)
        {
            _nudgePending = false;
            var length = WriteHeader(destination, PacketTypes.Message, 0, _sent.Next);
            if (_phase != MovePhase.Trying) return length;
            Route = PathSide.Other;
            PacketHeader.RewriteStreamId(destination, _otherId);
            return length;
        }

        if (!_askPending) return 0;
        _askPending = false;
        Route = RouteOf(false);
        return WriteHeader(destination, PacketTypes.Heartbeat, 0, _sent.Next);
    }
}
