namespace Nashi.Dht.Life;

/// <summary>Decides when UDP counts as blocked, and when it is tried again.</summary>
/// <remarks>
/// The rule: UDP is blocked when nobody answered within two seconds of a fresh start (of the node, or in a changed network), or when later all have been silent
/// for so long that the node counts as offline. A relay is then dialled, again and again ever more seldom. On the detour UDP is tried once a minute, and as soon as
/// the network changes. A relay by which nobody answers is left. Owned by one node, used by one caller at a time. Pure.
/// </remarks>
internal sealed class DetourCore(Instant now)
{
    /// <summary>How long an answer is waited for at a fresh start.</summary>
    public static readonly TimeSpan BlockedAfter = TimeSpan.FromSeconds(2);

    /// <summary>How often UDP is tried on the detour.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(60);

    /// <summary>How long answers by a relay are waited for. Whom we ask first is asked four times within four seconds.</summary>
    public static readonly TimeSpan UselessAfter = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan ProbeAfterChange = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DialAgainFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DialAgainAtMost = TimeSpan.FromSeconds(60);

    private Instant _freshAt = now;
    private Instant _dialAt = now + BlockedAfter;
    private Instant _probeAt;
    private Instant _roundAt;
    private TimeSpan _dialAgain = DialAgainFirst;
    private bool _isBusy;

    /// <summary>Whether everything goes round by a relay.</summary>
    public bool IsRound { get; private set; }

    /// <summary>Looks what is to be done; a step that is not <see cref="DetourStep.None"/> has to be reported as done before there is another.</summary>
    /// <param name="mayDial">Whether a relay is known, and somebody to ask by it.</param>
    /// <param name="isOnline">Whether anybody answered lately.</param>
    /// <param name="heardAt">When anybody answered last.</param>
    /// <param name="now">The present.</param>
    public DetourStep Look(bool mayDial, bool isOnline, Instant heardAt, Instant now)
    {
        if (_isBusy) return DetourStep.None;
        var step = DetourStep.None;
        if (IsRound) step = LookRound(heardAt, now);
        else if (mayDial && now >= _dialAt && (heardAt <= _freshAt || !isOnline)) step = DetourStep.Dial;
        _isBusy = step != DetourStep.None;
        return step;
    }

    /// <summary>Dialling is over.</summary>
    public void HandleDialled(bool isRound, Instant now)
    {
        _isBusy = false;
        if (isRound)
        {
            (IsRound, _probeAt, _roundAt) = (true, now + ProbeEvery, now);
            return;
        }

        DialLater(now);
    }

    /// <summary>The relay was left because nothing comes by it.</summary>
    /// <param name="hasOther">Whether another one can be dialled at once.</param>
    /// <param name="now">The present.</param>
    public void HandleUseless(bool hasOther, Instant now)
    {
        (_isBusy, IsRound, _freshAt) = (false, false, now);
        if (hasOther) _dialAt = now;
        else DialLater(now);
    }

    /// <summary>UDP was tried.</summary>
    /// <returns>Whether to go straight from now on.</returns>
    public bool HandleProbed(bool works, Instant now)
    {
        _isBusy = false;
        if (!IsRound) return false;
        if (works) GoStraight(now, BlockedAfter);
        else _probeAt = now + ProbeEvery;
        return works;
    }

    /// <summary>The relay is lost: UDP is still blocked as far as anybody knows, so that another one is dialled at once.</summary>
    public void HandleLost(Instant now)
    {
        if (IsRound) GoStraight(now, TimeSpan.Zero);
    }

    /// <summary>The machine is in another network, or awake again.</summary>
    public void HandleNetworkChange(Instant now)
    {
        if (IsRound) HandleHint(now);
        else GoStraight(now, BlockedAfter);
    }

    /// <summary>Something about the network may have changed: on the detour, UDP is tried soon.</summary>
    public void HandleHint(Instant now)
    {
        if (IsRound) _probeAt = Instant.Min(_probeAt, now + ProbeAfterChange);
    }

    private DetourStep LookRound(Instant heardAt, Instant now)
    {
        if (heardAt > _roundAt) _dialAgain = DialAgainFirst;
        else if (now - _roundAt >= UselessAfter) return DetourStep.Leave;
        return now >= _probeAt ? DetourStep.Probe : DetourStep.None;
    }

    private void DialLater(Instant now)
    {
        _dialAt = now + _dialAgain;
        _dialAgain = TimeSpan.FromTicks(Math.Min(_dialAgain.Ticks * 2, DialAgainAtMost.Ticks));
    }

    private void GoStraight(Instant now, TimeSpan patience) => (IsRound, _freshAt, _dialAt, _dialAgain) = (false, now, now + patience, DialAgainFirst);
}
