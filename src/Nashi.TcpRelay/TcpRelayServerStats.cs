namespace Nashi.TcpRelay;

/// <summary>What a TCP relay does and did.</summary>
/// <param name="Sessions">Clients now.</param>
/// <param name="SessionsTotal">Clients ever let in.</param>
/// <param name="Channels">UDP ports open now.</param>
/// <param name="Refused">Clients refused: too many, or without the secret.</param>
/// <param name="Failed">TCP connections that did not come as far as a hello.</param>
/// <param name="BytesOut">Bytes of datagrams sent into the network.</param>
/// <param name="BytesIn">Bytes of datagrams handed to clients.</param>
/// <param name="Forbidden">Datagrams dropped: to private addresses, or ports below 1024.</param>
/// <param name="Foreign">Datagrams dropped: not of this stack.</param>
/// <param name="Unanswered">Datagrams dropped: to destinations that do not answer, or too many new ones.</param>
/// <param name="OverRate">Datagrams dropped: over a rate, or for a client that reads too slowly.</param>
/// <param name="Malformed">Clients closed because of what they sent.</param>
public sealed record TcpRelayServerStats(
    int Sessions,
    long SessionsTotal,
    int Channels,
    long Refused,
    long Failed,
    long BytesOut,
    long BytesIn,
    long Forbidden,
    long Foreign,
    long Unanswered,
    long OverRate,
    long Malformed);
