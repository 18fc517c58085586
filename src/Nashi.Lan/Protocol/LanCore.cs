using System.Net;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Lan.Protocol;

/// <summary>What we offer and look for, on every interface there is.</summary>
/// <remarks>
/// Pure: no I/O, no clock; used by one caller at a time. Call order: any call, then drain <see cref="TryTakeDatagram"/> and <see cref="TryTakeEvent"/>,
/// then wait until <see cref="NextTimeout"/> or new input.
/// </remarks>
internal sealed class LanCore(LanOptions options, int port)
{
    private readonly LanInterests _interests = new(port, options.OffersNode, options.MaxTargets);
    private readonly Dictionary<int, LinkCore> _links = [];
    private readonly Queue<LanEvent> _events = new();

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => _links.Count == 0 ? Instant.Never : _links.Values.Min(link => link.NextTimeout);

    /// <summary>The interfaces.</summary>
    public IReadOnlyDictionary<int, LinkCore> Links => _links;

    /// <summary>Takes the next datagram to send, and the interface to send it on.</summary>
    public bool TryTakeDatagram(Instant now, out int link, out LanDatagram datagram)
    {
        foreach (var (index, core) in _links)
        {
            link = index;
            if (core.TryTake(now, out datagram)) return true;
        }

        (link, datagram) = (0, default);
        return false;
    }

    /// <summary>Takes the next finding.</summary>
    public bool TryTakeEvent(out LanEvent found) => _events.TryDequeue(out found);

    /// <summary>An interface came, or has other addresses.</summary>
    public void SetLink(int link, IReadOnlyList<IPAddress> addresses, Instant now)
    {
        if (!_links.TryGetValue(link, out var core)) _links[link] = core = new LinkCore(_interests, options, _events);
        core.SetAddresses(addresses, now);
    }

    /// <summary>An interface went.</summary>
    public void RemoveLink(int link) => _links.Remove(link);

    /// <summary>A datagram came in, from an address on the interface's own network.</summary>
    public void Receive(int link, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        if (_links.TryGetValue(link, out var core)) core.Receive(datagram, from, now);
    }

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(Instant now)
    {
        foreach (var link in _links.Values) link.HandleTimeout(now);
    }

    /// <summary>Offers a target: a peer, or a topic and a key that serves it.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryOffer(LanTarget target, PublicKey? key, Instant now)
    {
        if (!_interests.TryOffer(target, key)) return false;
        foreach (var link in _links.Values) link.HandleOffers(now);
        return true;
    }

    /// <summary>Takes an offer back.</summary>
    public void Withdraw(LanTarget target, PublicKey? key, Instant now)
    {
        _interests.Withdraw(target, key);
        foreach (var link in _links.Values) link.HandleOffers(now);
    }

    /// <summary>Looks for a target.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryWant(LanTarget target, Instant now)
    {
        if (!_interests.TryWant(target)) return false;
        foreach (var link in _links.Values) link.HandleWant(target, now);
        return true;
    }

    /// <summary>Ends a search.</summary>
    public void Unwant(LanTarget target) => _interests.Unwant(target);

    /// <summary>Says goodbye on every interface.</summary>
    public void Close()
    {
        foreach (var link in _links.Values) link.Close();
    }
}
