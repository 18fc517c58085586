using System.Net;
using Nashi.Datagrams;
using Nashi.Udx;

namespace Nashi.Compare;

/// <summary>A raw UDX stream between two ports of this machine; the server's id is 2, the client's 1.</summary>
internal static class RawUdx
{
    public static UdxStream Connect(Options options)
    {
        var host = new UdxHost();
        var socket = host.Bind(Local(options.Number("local")));
        var stream = host.CreateStream(options.IsServer ? 2u : 1u);
        stream.Connect(socket, options.IsServer ? 1u : 2u, Local(options.Number("remote")));
        return stream;
    }

    private static UdpAddress Local(long port) => UdpAddress.From(new IPEndPoint(IPAddress.Loopback, (int)port));
}
