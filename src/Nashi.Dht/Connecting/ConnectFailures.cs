using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The exception of each failure: the reference's code and a sentence that says what to do.</summary>
internal static class ConnectFailures
{
    /// <summary>Makes it.</summary>
    public static NashiException ToException(this ConnectFailure why, PublicKey peer) => why switch
    {
        ConnectFailure.PeerNotFound => new PeerNotFoundException(peer),
        ConnectFailure.PeerConnectionFailed => Refused(
            "PEER_CONNECTION_FAILED", peer, "is announced but did not answer. It may have just left, or refuse us; try again later", true),
        ConnectFailure.ServerError => Refused("SERVER_ERROR", peer, "answered with an error. Try again later", true),
        ConnectFailure.ServerIncompatible => Refused(
            "SERVER_INCOMPATIBLE", peer, "speaks another version of the protocol. Update the older of the two", false),
        ConnectFailure.CannotHolepunch => Blocked(
            "CANNOT_HOLEPUNCH", peer, "cannot be reached directly and does not punch. Use a relay that both can reach", true),
        ConnectFailure.HolepunchAborted => Blocked(
            "HOLEPUNCH_ABORTED", peer, "could not be reached through the routers in between. Try again, or use a relay that both can reach", false),
        ConnectFailure.HolepunchProbeTimeout => Blocked(
            "HOLEPUNCH_PROBE_TIMEOUT", peer, "or we could not find out how the routers in between behave in time. Try again", false),
        ConnectFailure.HolepunchDoubleRandomizedNats => Blocked(
            "HOLEPUNCH_DOUBLE_RANDOMIZED_NATS", peer, "and we are both behind routers that change ports for every destination. Use a relay that both can reach", true),
        ConnectFailure.HolepunchInvalid => Blocked("HOLEPUNCH_INVALID", peer, "sent a punch message that is not authentic. Try again", false),
        ConnectFailure.RemoteNotHolepunchable => Blocked(
            "REMOTE_NOT_HOLEPUNCHABLE", peer, "has no address that could be punched through to. Use a relay that both can reach", true),
        ConnectFailure.RemoteNotHolepunching => Blocked("REMOTE_NOT_HOLEPUNCHING", peer, "did not agree to punch. Try again later", false),
        ConnectFailure.RemoteAborted => Blocked("REMOTE_ABORTED", peer, "gave up punching. Try again later, or use a relay that both can reach", false),
        ConnectFailure.RelayAborted => Blocked("RELAY_ABORTED", peer, "was not met at the relay. See whether the relay is there, or use another", true),
        _ => throw new ArgumentOutOfRangeException(nameof(why)),
    };

    private static PeerConnectFailedException Refused(string code, PublicKey peer, string what, bool isTransient) =>
        new(code, peer, $"The peer {peer} {what}.", isTransient);

    private static HolepunchFailedException Blocked(string code, PublicKey peer, string what, bool needsRelay) =>
        new(code, peer, $"The peer {peer} {what}.", needsRelay);
}
