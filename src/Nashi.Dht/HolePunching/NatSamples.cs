using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>Finds out, from where several nodes see one socket, how the translator in front of it behaves. Pure. Source: network.md §3.9.</summary>
internal sealed class NatSamples
{
    /// <summary>After how many samples the verdict stands.</summary>
    public const int Enough = 4;

    private readonly bool _isOpen;
    private readonly HashSet<UdpAddress> _askedNodes = [];
    private readonly List<Sighting> _sightings = [];
    private bool _exhausted;
    private bool _frozen;

    /// <summary>Starts; when the node itself is not firewalled the verdict is known.</summary>
    public NatSamples(bool isOpen)
    {
        _isOpen = isOpen;
        Kind = isOpen ? NatKind.Open : NatKind.Unknown;
    }

    /// <summary>The verdict so far.</summary>
    public NatKind Kind { get; private set; }

    /// <summary>Where others see the socket; null when that cannot be said yet. A random translator's port is zero.</summary>
    public IReadOnlyList<UdpAddress>? Addresses { get; private set; }

    /// <summary>Whether any node sees us at a private address: it shares a network with us.</summary>
    public bool HasPrivate => _sightings.Any(sighting => Connecting.AddressScope.IsPrivate(sighting.Address));

    /// <summary>How many nodes have told.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is nothing to wait for any more. An open node still has to hear from one where it is.</summary>
    public bool IsSettled => _exhausted || Kind == NatKind.Consistent || Count >= (_isOpen ? 1 : Enough);

    /// <summary>Notes that <paramref name="node"/> sees the socket at <paramref name="seen"/>; each node counts once.</summary>
    public void Add(UdpAddress seen, UdpAddress node)
    {
        if (!_askedNodes.Add(node)) return;
        Count++;
        Note(seen);
        if (!_frozen) Judge();
    }

    /// <summary>Notes that nobody else will tell.</summary>
    public void Exhaust() => _exhausted = true;

    /// <summary>Keeps the verdict as it is: it has been told to the peer.</summary>
    public void Freeze() => _frozen = true;

    private void Note(UdpAddress seen)
    {
        var at = _sightings.FindIndex(sighting => sighting.Address == seen);
        if (at < 0)
        {
            _sightings.Add(new(seen, 1));
            return;
        }

        // Kept in order of hits, earlier first among equals.
        var hit = _sightings[at] with { Hits = _sightings[at].Hits + 1 };
        _sightings.RemoveAt(at);
        _sightings.Insert(_sightings.FindIndex(0, at, sighting => sighting.Hits < hit.Hits) is var place && place >= 0 ? place : at, hit);
    }

    private void Judge()
    {
        if (!_isOpen && Count >= 3) Kind = Classify() ?? Kind;
        Addresses = Kind switch
        {
            NatKind.Random => [MostSeenHost().WithPort(0)],
            NatKind.Consistent => [.. _sightings.Where((sighting, i) => sighting.Hits >= 2 || i < 2).Select(sighting => sighting.Address)],
            NatKind.Open => [_sightings[0].Address],
            _ => null,
        };
    }

    private NatKind? Classify()
    {
        var best = _sightings[0].Hits;
        if (best >= 3) return NatKind.Consistent;
        if (best == 1) return NatKind.Random;
        if (Hosts().Count() == 1 && Count > 3) return NatKind.Random;
        if (Hosts().Count() > 1 && _sightings.Count > 1 && _sightings[1].Hits > 1) return NatKind.Consistent;
        return Count > Enough ? NatKind.Random : null;
    }

    private IEnumerable<IGrouping<UdpAddress, Sighting>> Hosts() => _sightings.GroupBy(sighting => sighting.Address.WithPort(0));

    private UdpAddress MostSeenHost() => Hosts().OrderByDescending(host => host.Sum(sighting => sighting.Hits)).First().Key;

    private readonly record struct Sighting(UdpAddress Address, int Hits);
}
