using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>What one side knows about both translators, and the knocking once both are known.</summary>
/// <remarks>
/// Pure. Owned by a <see cref="ClientPunch"/> or <see cref="ServerPunch"/>, which exchange the messages. An address is knocked at only when a datagram
/// may go there at all, and heavily only when verified. Source: network.md §3.8, §3.9; threats.md row 12.
/// </remarks>
internal sealed class Puncher(bool isInitiator, bool isOpen, NatKind remoteKind)
{
    private readonly List<PunchTarget> _targets = [];
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1859", Justification = "The strategies for random translators fit here too.")]
    private IPunchStrategy? _strategy;

    /// <summary>Our translator.</summary>
    public NatSamples Nat { get; private set; } = new(isOpen);

    /// <summary>The remote's translator, as it says.</summary>
    public NatKind RemoteKind { get; private set; } = remoteKind;

    /// <summary>Whether the remote says that it knocks.</summary>
    public bool RemotePunches { get; private set; }

    /// <summary>Whether we knock.</summary>
    public bool IsPunching => _strategy is not null && !HasGivenUp;

    /// <summary>Whether everything was tried.</summary>
    public bool HasGivenUp => _strategy is { } strategy && strategy.NextTimeout == Instant.Never;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => _strategy?.NextTimeout ?? Instant.Never;

    /// <summary>Where the remote may be.</summary>
    public IReadOnlyList<PunchTarget> Targets => _targets;

    /// <summary>Whether nothing can be said about us, or both change their ports: a new socket may fare better.</summary>
    public bool IsUnstable => Nat.Kind == NatKind.Unknown || (Nat.Kind == NatKind.Random && RemoteKind == NatKind.Random);

    /// <summary>Starts over with a new socket.</summary>
    public void ResetNat() => Nat = new NatSamples(isOpen);

    /// <summary>Takes what the remote says of itself; <paramref name="verifiedHost"/> is where it has proved to be.</summary>
    public void UpdateRemote(PunchPayload payload, UdpAddress? verifiedHost)
    {
        var known = _targets.Where(target => target.IsVerified).Select(target => target.Address.WithPort(0)).ToHashSet();
        if (verifiedHost is { } proved) known.Add(proved.WithPort(0));
        _targets.Clear();
        foreach (var address in payload.Addresses ?? [])
        {
            if (!AddressScope.IsReserved(address)) _targets.Add(new(address, known.Contains(address.WithPort(0))));
        }

        RemoteKind = payload.Firewall;
        RemotePunches = payload.Punching;
    }

    /// <summary>Starts to knock.</summary>
    /// <returns>False when there is no way: nothing to knock at, or only a relay would help.</returns>
    public bool TryStart(Instant now)
    {
        if (_strategy is not null) return !HasGivenUp;
        if (_targets.Count == 0) return false;
        _strategy = PunchPlan.Choose(Nat.Kind, RemoteKind) switch
        {
            PunchMethod.Consistent => new ConsistentPunch(isInitiator, now),
            _ => null,
        };
        return _strategy is not null;
    }

    /// <summary>Adds the knocks that are due.</summary>
    public void HandleTimeout(ICollection<PunchKnock> knocks, Instant now)
    {
        if (_strategy is { } strategy && now >= strategy.NextTimeout) strategy.HandleTimeout(_targets, knocks, now);
    }
}
