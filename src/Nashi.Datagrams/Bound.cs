using System.Net;

namespace Nashi.Datagrams;

/// <summary>What both kinds of socket say about binding.</summary>
internal static class Bound
{
    public static DatagramException Failed(UdpAddress local, bool inUse, string why, Exception? inner = null) => inUse
        ? new("EADDRINUSE", $"UDP port {local.Port} is in use on {local.ToIPAddress()}. Choose another port, or 0 for a free one.", inner)
        : new("ERR_BIND", $"UDP {local} cannot be bound: {why}.", inner);

    /// <summary>An address at which a socket reaches itself.</summary>
    public static UdpAddress Loopback(UdpAddress local)
    {
        var address = local.ToIPAddress();
        if (address.Equals(IPAddress.Any)) return UdpAddress.From(new IPEndPoint(IPAddress.Loopback, local.Port));
        return address.Equals(IPAddress.IPv6Any) ? UdpAddress.From(new IPEndPoint(IPAddress.IPv6Loopback, local.Port)) : local;
    }
}
