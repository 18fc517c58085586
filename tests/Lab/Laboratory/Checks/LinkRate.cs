using System.Net;
using System.Net.Sockets;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Links;

namespace Nashi.Laboratory.Checks;

/// <summary>How much a link carries that does nothing to packets: the ceiling of every goodput measured here.</summary>
internal static class LinkRate
{
    private const int PacketSize = 1400;
    private static readonly TimeSpan Time = TimeSpan.FromSeconds(2);

    /// <summary>Megabits a second.</summary>
    public static double Measure(LinkModel model)
    {
        var name = Naming.Next();
        using var near = NetSpace.Create($"{name}-a");
        using var far = NetSpace.Create($"{name}-b");
        using var link = Link.Between(near, "wire", far, "wire", model, seed: 1);
        near.Ip(Link.Up("wire", "20.1.1.1/30"));
        far.Ip(Link.Up("wire", "20.1.1.2/30"));
        using var sender = near.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        using var receiver = far.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        receiver.Bind(new IPEndPoint(IPAddress.Parse("20.1.1.2"), 5000));
        sender.Connect(receiver.LocalEndPoint!);
        var packet = new byte[PacketSize];
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Time) sender.Send(packet);
        return link.BytesBetween(IPAddress.Parse("20.1.1.1"), IPAddress.Parse("20.1.1.2")) * 8 / 1e6 / TimeProvider.System.GetElapsedTime(began).TotalSeconds;
    }
}
