using Nashi.Datagrams;

namespace Nashi.Dht.Tests.Abuse;

/// <summary>A socket that tells of each datagram before it leaves, and counts how many like it are open.</summary>
internal sealed class CountingSocket : IDatagramSocket
{
    private readonly IDatagramSocket _inner;
    private readonly SendCounter _counter;
    private int _isClosed;

    public CountingSocket(IDatagramSocket inner, SendCounter counter)
    {
        (_inner, _counter) = (inner, counter);
        counter.HandleOpened();
    }

    public UdpAddress LocalAddress => _inner.LocalAddress;

    public int MaxSegments => _inner.MaxSegments;

    public bool HasDatagram => _inner.HasDatagram;

    public void Wait(TimeSpan timeout) => _inner.Wait(timeout);

    public int Receive(DatagramHandler handler) => _inner.Receive(handler);

    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0)
    {
        _counter.HandleSend();
        return _inner.Send(bytes, segmentSize, to, timeToLive);
    }

    public void Wake() => _inner.Wake();

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0) _counter.HandleClosed();
        _inner.Dispose();
    }
}
