using System.Net;
using Nashi.Datagrams;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>Multicast DNS on one interface: our service there, and the others'.</summary>
/// <remarks>
/// Pure: no I/O, no clock. Owned by one <see cref="LanCore"/>. Each link has names and a salt of its own, so that two networks cannot be told to meet the
/// same machine. What it cannot afford it drops: messages beyond the budget of their sender, or of all.
/// </remarks>
internal sealed class LinkCore
{
    private const int MaxRenames = 15;

    private static readonly TimeSpan RenameWindow = TimeSpan.FromSeconds(10);

    private readonly LanInterests _interests;
    private readonly LanOptions _options;
    private readonly Responder _responder;
    private readonly Browser _browser;
    private readonly MessageBudget _budget = new();
    private readonly EchoFilter _echoes = new();
    private readonly Queue<LanDatagram> _sends = new();
    private IReadOnlyList<IPAddress> _addresses = [];
    private int _families;
    private Instant _rotatesAt;
    private Instant _renameWindow;
    private int _renames;

    /// <summary>Makes one; <see cref="SetAddresses"/> starts it.</summary>
    public LinkCore(LanInterests interests, LanOptions options, Queue<LanEvent> events)
    {
        (_interests, _options) = (interests, options);
        _responder = new Responder(_sends, options.Random);
        _browser = new Browser(_sends, events, interests, options, options.Random);
    }

    /// <summary>Counts.</summary>
    public LanCounters Counters { get; } = new();

    /// <summary>How many instances are known.</summary>
    public int NeighbourCount => _browser.Count;

    /// <summary>The name we have here; null when we are not to be found.</summary>
    public DnsName? Instance => _responder.Service?.Instance;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => Instant.Min(_rotatesAt, Instant.Min(_responder.NextTimeout, _browser.NextTimeout));

    /// <summary>Takes the next datagram to send.</summary>
    public bool TryTake(Instant now, out LanDatagram datagram)
    {
        if (!_sends.TryDequeue(out datagram)) return false;
        Counters.Sent++;
        for (var i = 0; datagram.To is null && i < _families; i++) _echoes.Expect(datagram.Bytes, now);
        return true;
    }

    /// <summary>The interface came, or its addresses have changed: everything starts over, for it may be another network.</summary>
    public void SetAddresses(IReadOnlyList<IPAddress> addresses, Instant now)
    {
        _addresses = addresses;
        _families = addresses.Select(address => address.AddressFamily).Distinct().Count();
        TakeNewNames(now);
        _browser.Start(now);
    }

    /// <summary>What is offered has changed.</summary>
    public void HandleOffers(Instant now)
    {
        if (!_interests.IsActive) _responder.SetService(null, now);
        else if (_responder.Service is { } service) _responder.SetService(service.With(_interests, _addresses), now);
        else TakeNewNames(now);
    }

    /// <summary>One target more is looked for.</summary>
    public void HandleWant(LanTarget target, Instant now) => _browser.AddWant(target, now);

    /// <summary>A datagram came in on this interface, from an address on its network.</summary>
    public void Receive(ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        Counters.Received++;
        if (_echoes.IsOwn(datagram, now)) return;
        if (!_budget.TrySpend(from.WithPort(0), now)) Counters.Dropped++;
        else if (!DnsReader.TryDecode(datagram, out var message)) Counters.Malformed++;
        else if (!message.IsResponse) HandleQuery(message, from, now);
        else if (from.Port == _options.Port) HandleResponse(message, from, now);
        else Counters.Malformed++;
    }

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(Instant now)
    {
        if (now >= _rotatesAt) TakeNewNames(now);
        _responder.HandleTimeout(now);
        _browser.HandleTimeout(now);
    }

    /// <summary>We leave.</summary>
    public void Close() => _responder.SayGoodbye();

    private void HandleQuery(DnsMessage query, UdpAddress from, Instant now)
    {
        var isLegacy = from.Port != _options.Port;
        _responder.HandleQuery(query, from, isLegacy, now);
        if (!isLegacy) _browser.HandleQuery(query, now);
    }

    private void HandleResponse(DnsMessage response, UdpAddress from, Instant now)
    {
        if (_responder.Service is { } service && response.Answers.Concat(response.Additionals).Any(record => Contradicts(record, service))) HandleCollision(now);
        else _browser.HandleResponse(response, from, Instance, now);
    }

    private static bool Contradicts(DnsRecord record, OwnService service)
    {
        if (record.TimeToLive == 0 || !record.Name.Equals(service.Instance)) return false;
        return (record.Type == DnsType.Srv && !record.SaysTheSameAs(service.Service)) || (record.Type == DnsType.Txt && record.Data.Length > 0 && IsOtherSalt(record, service));
    }

    // Our own older profile, come late, is no collision.
    private static bool IsOtherSalt(DnsRecord record, OwnService service) =>
        LanProfile.TryDecode(record.Data.Span) is not { } profile || !profile.Salt.AsSpan().SequenceEqual(service.Salt);

    // Somebody has our name, or pretends to: we take another one, but not for ever.
    private void HandleCollision(Instant now)
    {
        if (now - _renameWindow >= RenameWindow) (_renameWindow, _renames) = (now, 0);
        if (_renames++ >= MaxRenames) return;
        Counters.Collisions++;
        TakeNewNames(now);
    }

    private void TakeNewNames(Instant now)
    {
        _rotatesAt = now + (_options.RotationInterval * (1 + (0.2 * _options.Random.NextDouble())));
        if (_interests.IsActive) _responder.SetService(OwnService.Create(_interests, _addresses, _options.Random), now);
    }
}
