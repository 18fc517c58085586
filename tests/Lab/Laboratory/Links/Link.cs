using System.Net;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Links;

/// <summary>A cable between two namespaces that does to packets what a <see cref="LinkModel"/> says, and counts them.</summary>
internal sealed class Link : IDisposable
{
    private readonly Tun _near;
    private readonly Tun _far;

    private Link(Tun near, Tun far, LinkModel model, ulong seed)
    {
        _near = near;
        _far = far;
        Out = new Lane(near, far, model, seed * 2);
        In = new Lane(far, near, model, seed * 2 + 1);
    }

    /// <summary>From the near end to the far end.</summary>
    public Lane Out { get; }

    public Lane In { get; }

    /// <summary>The devices are there afterwards, without addresses and down.</summary>
    public static Link Between(NetSpace near, string nearDevice, NetSpace far, string farDevice, LinkModel model, ulong seed) =>
        new(Tun.Open(near, nearDevice), Tun.Open(far, farDevice), model, seed);

    /// <summary>The <c>ip</c> commands that bring one end up.</summary>
    public static string[] Up(string device, string address) => [$"link set {device} mtu 1500 txqueuelen 10000 up", $"addr add {address} dev {device}"];

    public void Set(LinkModel both) => Out.Model = In.Model = both;

    /// <summary>Bytes between two addresses, both ways.</summary>
    public long BytesBetween(IPAddress one, IPAddress other)
    {
        var (a, b) = (one.ToNumber(), other.ToNumber());
        return Out.Counts.Bytes(a, b) + Out.Counts.Bytes(b, a) + In.Counts.Bytes(a, b) + In.Counts.Bytes(b, a);
    }

    public void Dispose()
    {
        Out.Dispose();
        In.Dispose();
        _near.Dispose();
        _far.Dispose();
    }
}
