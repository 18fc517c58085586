namespace Nashi.Dht;

/// <content>How it fares.</content>
public sealed partial class DhtConnection
{
    private TimeSpan _keepAlive;

    /// <summary>How the connection fares now.</summary>
    public ConnectionInfo GetInfo()
    {
        var stats = Raw.GetStats();
        return new ConnectionInfo
        {
            Kind = Kind,
            RemoteAddress = Raw.Remote,
            RelayedBy = Kind == ConnectionKind.Relayed ? Relay : null,
            RoundTrip = stats.RoundTrip,
            Mtu = stats.Mtu,
            BytesSent = stats.BytesSent,
            BytesReceived = stats.BytesReceived,
            Loss = stats.PacketsSent == 0 ? 0 : (double)stats.Retransmits / stats.PacketsSent,
            Silence = stats.Silence,
            Moves = Raw.Moves,
        };
    }

    /// <summary>Sends a sign of life: the remote may have to learn where we are now. Only where empty messages are known to be swallowed.</summary>
    internal void ShowLife()
    {
        if (_keepAlive > TimeSpan.Zero) Stream.Write(default);
    }
}
