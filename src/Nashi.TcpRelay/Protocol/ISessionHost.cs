using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.TcpRelay.Protocol;

/// <summary>What a <see cref="SessionCore"/> has done.</summary>
internal interface ISessionHost
{
    /// <summary>Whether a client that named this secret may come in; the reason why not otherwise.</summary>
    TcpRelayEnd? Refuse(Bytes32 secret);

    /// <summary>Sends the client a frame.</summary>
    void SendFrame(FrameKind kind, ReadOnlySpan<byte> body);

    /// <summary>Opens a UDP port.</summary>
    /// <returns>Its number; null when none is to be had.</returns>
    int? OpenPort(ushort channel);

    /// <summary>Gives it back.</summary>
    void ClosePort(ushort channel);

    /// <summary>Sends a datagram from a port into the network.</summary>
    void SendDatagram(ushort channel, ReadOnlySpan<byte> payload, UdpAddress to);

    /// <summary>A datagram did not pass.</summary>
    void CountDropped(Verdict verdict);

    /// <summary>Ends the session.</summary>
    void End(TcpRelayEnd reason);
}
