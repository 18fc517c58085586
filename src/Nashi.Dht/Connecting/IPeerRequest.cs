using Nashi.Datagrams;
using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>A handshake or hole-punch message as it came in, and the ways to pass it on under its own transaction number.</summary>
internal interface IPeerRequest
{
    /// <summary>Who sent it.</summary>
    UdpAddress From { get; }

    /// <summary>Where the sender sees us.</summary>
    UdpAddress Seen { get; }

    /// <summary>On which socket it came.</summary>
    UdxSocket Socket { get; }

    /// <summary>Sends a response to any address, without a token; from another socket than it came on, if given.</summary>
    void Respond(byte[]? value, UdpAddress to, bool withCloserNodes, UdxSocket? socket);

    /// <summary>Sends a request to any address and expects nothing.</summary>
    void Forward(byte[] value, UdpAddress to, UdxSocket? socket);
}
