using Nashi.Datagrams;
using Nashi.Dht.Connecting;

namespace Nashi.Dht.HolePunching;

/// <summary>What one side knows about both translators, and the knocking once both are known.</summary>
/// <remarks>
/// Pure. Owned by a <see cref="ClientPunch"/> or <see cref="ServerPunch"/>, which exchange the messages; <see cref="Close"/> gives its turn back. An
/// address is knocked at only when a datagram may go there at all, and heavily only when verified. Source: network.md §3.8, §3.9; threats.md row 12.
/// </remarks>
internal sealed class Puncher(bool isInitiator, PunchSetup setup)
{
    private readonly List<PunchTarget> _targets = [];
    private IPunchStrategy? _strategy;
    private UdpAddress _seenRemote;
    private bool _hasTurn;

    /// <summary>Our translator.</summary>
    public NatSamples Nat { get; private set; } = new(setup.IsOpen);

    /// <summary>The remote's translator, as it says.</summary>
    public NatKind RemoteKind { get; private set; } = setup.RemoteKind;

    /// <summary>Whether the remote says that it knocks.</summary>
    public bool RemotePunches { get; private set; }

    /// <summary>Whether we knock.</summary>
    public bool IsPunching => _strategy is not null && !HasGivenUp;

    /// <summary>Whether everything was tried.</summary>
    public bool HasGivenUp => _strategy is { } strategy && strategy.NextTimeout == Instant.Never;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => _strategy?.NextTimeout ?? Instant.Never;

    /// <summary>Whether nothing can be said about us, or both change their ports: a new socket may fare better.</summary>
    public bool IsUnstable => Nat.Kind == NatKind.Unknown || IsHopeless;

    /// <summary>Whether both change their ports, so that only a relay helps.</summary>
    public bool IsHopeless => Nat.Kind == NatKind.Random && RemoteKind == NatKind.Random;

    private bool IsRandom => Nat.Kind == NatKind.Random || RemoteKind == NatKind.Random;

    /// <summary>Starts over with a new socket.</summary>
    public void ResetNat() => Nat = new NatSamples(setup.IsOpen);

    /// <summary>Takes what the remote says of itself.</summary>
    /// <param name="payload">Its message.</param>
    /// <param name="seen">Where the relay sees it.</param>
    /// <param name="isVerified">Whether it has proved to be at that host.</param>
    public void UpdateRemote(PunchPayload payload, UdpAddress seen, bool isVerified)
    {
        var known = _targets.Where(target => target.IsVerified).Select(target => target.Address.WithPort(0)).ToHashSet();
        if (isVerified) known.Add(seen.WithPort(0));
        _targets.Clear();
        // One that keeps its port and does not know it yet, as a node of the reference that holds itself to be open: the relay knows.
        var isMute = payload.Addresses is not { Count: > 0 } && PunchPlan.IsSteady(payload.Firewall) && seen.Port != 0;
        foreach (var address in isMute ? [seen] : payload.Addresses ?? [])
        {
            if (!AddressScope.IsReserved(address)) _targets.Add(new(address, known.Contains(address.WithPort(0))));
        }

        _seenRemote = seen;
        RemoteKind = payload.Firewall;
        RemotePunches = payload.Punching;
    }

    /// <summary>Asks the application; an exception is a no.</summary>
    public bool IsAllowed()
    {
        if (setup.MayPunch is not { } mayPunch) return true;
        try
        {
            return mayPunch(new HolepunchProposal(RemoteKind, Nat.Kind, [.. _targets.Select(target => target.Address)], Nat.Addresses ?? []));
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>Takes the node's turn where one is needed: for all but steady translators.</summary>
    public bool TryTakeTurn(Instant now)
    {
        if (!IsRandom || _hasTurn) return true;
        return _hasTurn = setup.Limits.TryTakeTurn(now);
    }

    /// <summary>Gives the turn back: the punch is over, or has to wait.</summary>
    public void Close(Instant now)
    {
        if (!_hasTurn) return;
        _hasTurn = false;
        setup.Limits.EndTurn(_strategy is not null, now);
    }

    /// <summary>Starts to knock.</summary>
    /// <returns>False when there is no way: nothing to knock at, or only a relay would help.</returns>
    public bool TryStart(Instant now)
    {
        if (_strategy is not null) return !HasGivenUp;

        // A private address means something to us only where we are known by one ourselves.
        var targets = _targets.Where(target => Nat.HasPrivate || !AddressScope.IsPrivate(target.Address)).ToArray();
        var verified = targets.Where(target => target.IsVerified).Take(1).ToArray();
        _strategy = PunchPlan.Choose(Nat.Kind, RemoteKind) switch
        {
            PunchMethod.Consistent when targets.Length > 0 => new ConsistentPunch(targets, isInitiator, now),
            PunchMethod.RandomProbes when verified is [var host] => new RandomPunch(LastSeenPort(host.Address), setup.Random, now),
            PunchMethod.Birthday when verified is [{ Address.Port: not 0 } remote] => new BirthdayPunch(remote.Address, now),
            _ => null,
        };
        return _strategy is not null;
    }

    /// <summary>Adds the knocks that are due.</summary>
    public void HandleTimeout(ICollection<PunchKnock> knocks, Instant now)
    {
        if (_strategy is { } strategy && now >= strategy.NextTimeout) strategy.HandleTimeout(knocks, now);
    }

    private UdpAddress LastSeenPort(UdpAddress host) => AddressScope.SameHost(host, _seenRemote) ? _seenRemote : host;
}
