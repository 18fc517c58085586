using Nashi.Datagrams;

namespace Nashi.TestKit;

/// <summary>A UDP socket in a network that blocks UDP, as long as <paramref name="isBlocked"/> says so: what is sent is lost, and nothing comes.</summary>
public sealed class BlockedSocket(IDatagramSocket inner, Func<bool> isBlocked) : IDatagramSocket
{
    public UdpAddress LocalAddress => inner.LocalAddress;

    public int MaxSegments => inner.MaxSegments;

    public bool HasDatagram => inner.HasDatagram && !isBlocked();

    public void Wait(TimeSpan timeout) => inner.Wait(timeout);

    public int Receive(DatagramHandler handler) => inner.Receive((datagram, from) =>
    {
        if (!isBlocked()) handler(datagram, from);
    });

    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0) => isBlocked() || inner.Send(bytes, segmentSize, to, timeToLive);

    public void Wake() => inner.Wake();

    public void Dispose() => inner.Dispose();
}
