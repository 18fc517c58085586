using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>How a node passes handshakes and hole-punch messages on between peers that cannot reach each other yet.</summary>
/// <remarks>
/// Pure: no I/O, no clock. The client's transaction number travels all the way, so nothing is remembered per message. A message is at most as long as
/// the one that caused it, is only sent where <see cref="AddressScope.MayForward"/> allows, and counts against its source's budget. Source: network.md
/// §3.4, §3.8, §3.13.
/// </remarks>
internal sealed class PeerRouter(ForwardTable forwards, SourceBudget budget)
{
    /// <summary>Who announced itself here.</summary>
    public ForwardTable Forwards => forwards;

    /// <summary>Decides about a handshake message.</summary>
    public RouteAction RouteHandshake(HandshakeMessage message, Bytes32 target, UdpAddress from, bool isServer, Instant now)
    {
        if (message.Noise.IsEmpty) return RouteAction.Drop;
        if (isServer && message.Mode != RouteMode.FromServer) return new(RouteVerb.Serve);
        return message.Mode switch
        {
            RouteMode.FromClient when message.RelayAddress is { } wanted => Forward(ToRelay(message, from), from, wanted, now),
            RouteMode.FromClient when forwards.TryGet(target, now, out var server) => Forward(ToRelay(message, from), from, server, now),
            RouteMode.FromClient => new(RouteVerb.Guide),
            RouteMode.FromRelay when forwards.TryGet(target, now, out var server) => Forward(
                message with { Mode = RouteMode.FromSecondRelay, RelayAddress = from }, from, server, now),
            RouteMode.FromServer when message.PeerAddress is { } client => Respond(
                new HandshakeMessage(RouteMode.Reply, message.Noise, from).Encode(), from, client, now),
            _ => RouteAction.Drop,
        };
    }

    /// <summary>How the local server's answer to a handshake goes back.</summary>
    public static RouteAction AnswerHandshake(HandshakeMessage asked, UdpAddress from, ReadOnlyMemory<byte> noise) => asked.Mode switch
    {
        RouteMode.FromClient => new(RouteVerb.Respond, new HandshakeMessage(RouteMode.Reply, noise).Encode(), from),
        RouteMode.FromRelay => new(RouteVerb.Forward, new HandshakeMessage(RouteMode.FromServer, noise, asked.PeerAddress).Encode(), from),
        RouteMode.FromSecondRelay when asked.RelayAddress is { } relay && AddressScope.MayForward(from, relay) =>
            new(RouteVerb.Forward, new HandshakeMessage(RouteMode.FromServer, noise, asked.PeerAddress).Encode(), relay),
        _ => RouteAction.Drop,
    };

    /// <summary>Decides about a hole-punch message.</summary>
    public RouteAction RouteHolepunch(HolepunchMessage message, Bytes32 target, UdpAddress from, bool isServer, Instant now) => message.Mode switch
    {
        RouteMode.FromClient when message.PeerAddress is { } wanted => Forward(ToRelay(message, from), from, wanted, now),
        RouteMode.FromClient when forwards.TryGet(target, now, out var server) => Forward(ToRelay(message, from), from, server, now),
        RouteMode.FromRelay when isServer && message.PeerAddress is not null => new(RouteVerb.Serve),
        RouteMode.FromServer when message.PeerAddress is { } client => Respond(
            new HolepunchMessage(RouteMode.Reply, message.Id, message.Payload, from).Encode(), from, client, now),
        _ => RouteAction.Drop,
    };

    /// <summary>How the local server's answer to a hole-punch message goes back.</summary>
    public static RouteAction AnswerHolepunch(HolepunchMessage asked, UdpAddress from, ReadOnlyMemory<byte> payload) =>
        new(RouteVerb.Forward, new HolepunchMessage(RouteMode.FromServer, 0, payload, asked.PeerAddress).Encode(), from);

    private static byte[] ToRelay(HandshakeMessage message, UdpAddress client) =>
        new HandshakeMessage(RouteMode.FromRelay, message.Noise, client).Encode();

    private static byte[] ToRelay(HolepunchMessage message, UdpAddress client) =>
        new HolepunchMessage(RouteMode.FromRelay, message.Id, message.Payload, client).Encode();

    private RouteAction Forward(HandshakeMessage message, UdpAddress from, UdpAddress to, Instant now) => Forward(message.Encode(), from, to, now);

    private RouteAction Forward(byte[] value, UdpAddress from, UdpAddress to, Instant now) =>
        Allowed(from, to, now) ? new(RouteVerb.Forward, value, to) : RouteAction.Drop;

    private RouteAction Respond(byte[] value, UdpAddress from, UdpAddress to, Instant now) =>
        Allowed(from, to, now) ? new(RouteVerb.Respond, value, to) : RouteAction.Drop;

    private bool Allowed(UdpAddress from, UdpAddress to, Instant now) => AddressScope.MayForward(from, to) && budget.TrySpend(from, now);
}
