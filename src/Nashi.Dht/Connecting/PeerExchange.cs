using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>A node's part in other peers' connects: asks the <see cref="PeerRouter"/> and does what it says, or hands over to a server of its own.</summary>
/// <remarks>Thread-safe: the router is asked under a lock, on the threads of the sockets. Malformed messages are dropped.</remarks>
internal sealed class PeerExchange
{
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly PeerRouter _router;

    /// <summary>Makes one with the reference's capacity, and a budget of work for strangers.</summary>
    public PeerExchange(TimeProvider clock)
        : this(clock, new PeerRouter(new ForwardTable(65_536, TimeSpan.FromMinutes(20)), new SourceBudget(500, 1_000, 20_000)))
    {
    }

    /// <summary>Makes one around a router.</summary>
    public PeerExchange(TimeProvider clock, PeerRouter router)
    {
        _clock = clock;
        _router = router;
    }

    /// <summary>The servers that live here.</summary>
    public ServerRegistry Servers { get; } = new();

    /// <summary>A server announced itself here under the hash of its own key: handshakes for it go to where that came from.</summary>
    public void SetForward(Bytes32 target, UdpAddress source)
    {
        lock (_gate) _router.Forwards.Set(target, source, Instant.Now(_clock));
    }

    /// <summary>It withdrew.</summary>
    public void RemoveForward(Bytes32 target)
    {
        lock (_gate) _router.Forwards.Remove(target);
    }

    /// <summary>Where a server announced itself from, if it did here.</summary>
    public UdpAddress? FindForward(Bytes32 target)
    {
        lock (_gate) return _router.Forwards.TryGet(target, Instant.Now(_clock), out var source) ? source : null;
    }

    /// <summary>A PEER_HANDSHAKE came in.</summary>
    public void HandleHandshake(Bytes32 target, ReadOnlySpan<byte> value, IPeerRequest request)
    {
        if (HandshakeMessage.TryDecode(value) is not { } message) return;
        var server = Servers.Find(target);
        RouteAction action;
        lock (_gate) action = _router.RouteHandshake(message, target, request.From, server is not null, Instant.Now(_clock));
        if (action.Verb == RouteVerb.Serve) server!.HandleHandshake(message, request);
        else Do(action, request);
    }

    /// <summary>A PEER_HOLEPUNCH came in.</summary>
    public void HandleHolepunch(Bytes32 target, ReadOnlySpan<byte> value, IPeerRequest request)
    {
        if (HolepunchMessage.TryDecode(value) is not { } message) return;
        var server = Servers.Find(target);
        RouteAction action;
        lock (_gate) action = _router.RouteHolepunch(message, target, request.From, server is not null, Instant.Now(_clock));
        if (action.Verb == RouteVerb.Serve) server!.HandleHolepunch(message, request);
        else Do(action, request);
    }

    private static void Do(RouteAction action, IPeerRequest request)
    {
        switch (action.Verb)
        {
            case RouteVerb.Guide:
                request.Respond(null, request.From, true, null);
                break;
            case RouteVerb.Respond:
                request.Respond(action.Value, action.To, false, null);
                break;
            case RouteVerb.Forward:
                request.Forward(action.Value!, action.To, null);
                break;
        }
    }
}
