using System.Net;
using System.Net.Sockets;
using Nashi.TestKit;

namespace Nashi.Protomux.Tests.Interop;

/// <summary>A connection to a peer of the reference: a secret stream over TCP on this machine.</summary>
internal static class JsMux
{
    public static async Task<Mux> ConnectAsync(JsPeer peer)
    {
        var port = (await peer.NextAsync("listening")).GetProperty("port").GetInt32();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return new Mux(await SecretStream.SecretStream.OpenAsync(new NetworkStream(socket, ownsSocket: true), isInitiator: true));
    }
}
