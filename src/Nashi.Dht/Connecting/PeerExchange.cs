using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>A node's part in other peers' connects: asks the <see cref="PeerRouter"/> and does what it says, or hands over to a server of its own.</summary>
/// <remarks>Thread-safe: the router is asked under a lock, on the threads of the sockets. Malformed messages are dropped.</remarks>
internal sealed class PeerExchange
{
    private readonly Lock _gate;
    private readonly TimeProvider _clock;
    private readonly PeerRouter _router;

    /// <summary>Makes one with a budget of work for strangers.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="forwards">Who announced itself here.</param>
    /// <param name="gate">What guards <paramref name="forwards"/>.</param>
    public PeerExchange(TimeProvider clock, ForwardTable forwards, Lock gate)
    {
        _clock = clock;
        _router = new PeerRouter(forwards, new SourceBudget(500, 1_000, 20_000));
        _gate = gate;
    }

    /// <summary>The servers that live here.</summary>
    public ServerRegistry Servers { get; } = new();

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
