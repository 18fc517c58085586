using Nashi.Datagrams;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>A client's UDP port at a relay: datagrams go out by the connection, and those that came wait here until a socket's thread takes them.</summary>
/// <remarks>Any thread sends; one receives.</remarks>
internal sealed class RelayChannel(TcpRelayConnection connection, ushort id, Action wake) : IDisposable
{
    private const int QueueSize = 512 * 1024;
    private const int PeersMax = 1024;

    private readonly FrameBuffer _in = new(QueueSize);
    private readonly Lock _gate = new();
    private readonly Dictionary<UdpAddress, Instant> _streams = [];

    /// <summary>Its number.</summary>
    public ushort Id { get; } = id;

    /// <summary>The port at the relay; zero until it has told.</summary>
    public int Port { get; private set; }

    /// <summary>Whose it is.</summary>
    public TcpRelayConnection Connection { get; } = connection;

    /// <summary>Whether a datagram waits.</summary>
    public bool HasDatagram => _in.HasFrames;

    /// <summary>Whether the relay takes datagrams to the address.</summary>
    public bool Reaches(UdpAddress to) => Connection.ReachesPrivate || AddressRange.IsGlobal(to);

    /// <summary>Sends datagrams.</summary>
    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to) => Connection.Send(this, bytes, segmentSize, to);

    /// <summary>Hands what waits to a handler.</summary>
    /// <returns>How many that were.</returns>
    public int Receive(DatagramHandler handler)
    {
        var all = _in.Take().Span;
        ReadOnlySpan<byte> rest = all;
        var count = 0;
        while (Frame.TryTake(ref rest, out var frame, out _) && DatagramFrame.TryRead(frame.Body, out var datagram))
        {
            // The payload ends where its frame does.
            var end = all.Length - rest.Length;
            handler(all[(end - datagram.Payload.Length)..end], datagram.Address);
            count++;
        }

        return count;
    }

    /// <summary>A datagram came.</summary>
    public void HandleDatagram(in DatagramFrame datagram, Instant now)
    {
        if (StackPackets.IsStream(datagram.Payload)) Note(datagram.Address, now);
        if (_in.TryAddDatagrams(Id, datagram.Address, datagram.Payload, datagram.Payload.Length, out var isFirst) && isFirst) wake();
    }

    /// <summary>The relay has opened it.</summary>
    public void HandleOpened(int port) => Port = port;

    /// <summary>Whether a stream's packet came from the address since a moment.</summary>
    public bool HasStream(UdpAddress remote, Instant since)
    {
        lock (_gate) return _streams.TryGetValue(remote, out var at) && at >= since;
    }

    /// <summary>Whether a stream's packet came from anybody since a moment.</summary>
    public bool HasStreams(Instant since)
    {
        lock (_gate) return _streams.Values.Any(at => at >= since);
    }

    /// <inheritdoc />
    public void Dispose() => Connection.Close(this);

    private void Note(UdpAddress remote, Instant now)
    {
        lock (_gate)
        {
            if (_streams.Count >= PeersMax && !_streams.ContainsKey(remote)) _streams.Clear();
            _streams[remote] = now;
        }
    }
}
