namespace Nashi.TcpRelay.Protocol;

/// <summary>Tells the datagrams of this stack from all others, by their first bytes. A relay that carries nothing else is of little use to anybody else.</summary>
internal static class StackPackets
{
    private const byte UdxMagic = 0xff;
    private const byte UdxVersion = 1;
    private const int UdxHeader = 20;
    private const byte DhtRequest = 0x03;
    private const byte DhtResponse = 0x13;

    /// <summary>Whether it is a packet of a UDX stream, a request or response of the DHT, or a knock of one byte.</summary>
    public static bool IsOurs(ReadOnlySpan<byte> datagram) => datagram switch
    {
        [0] => true,
        [UdxMagic, UdxVersion, ..] => datagram.Length >= UdxHeader,
        [DhtRequest or DhtResponse, ..] => true,
        _ => false,
    };

    /// <summary>Whether it belongs to a stream.</summary>
    public static bool IsStream(ReadOnlySpan<byte> datagram) => datagram is [UdxMagic, UdxVersion, ..];
}
