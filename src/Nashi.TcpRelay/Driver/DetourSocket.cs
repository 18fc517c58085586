using Nashi.Datagrams;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>A UDP socket with a second way out and in: a port at a TCP relay.</summary>
/// <remarks>What comes is received from both ways. The ways are changed by the detour, under its lock.</remarks>
internal sealed class DetourSocket(Detour detour, IDatagramSocket straight) : IDatagramSocket
{
    private volatile RelayChannel? _round;
    // The way of streams that were carried when the detour was left.
    private volatile RelayChannel? _old;

    /// <inheritdoc />
    public UdpAddress LocalAddress => straight.LocalAddress;

    /// <inheritdoc />
    public int MaxSegments => straight.MaxSegments;

    /// <inheritdoc />
    public bool HasDatagram => straight.HasDatagram || _round?.HasDatagram == true || _old?.HasDatagram == true;

    /// <summary>Goes round by a relay.</summary>
    public void Take(TcpRelayConnection connection)
    {
        if (_round is { } before && before.Connection != connection) Keep(before);
        if (_old is { } old && old.Connection == connection) (_round, _old) = (old, null);
        else _round = connection.TryOpenChannel(straight.Wake);
    }

    /// <summary>Goes straight.</summary>
    public void Leave()
    {
        if (_round is not { } round) return;
        Keep(round);
        _round = null;
    }

    /// <summary>A connection is over.</summary>
    public void Drop(TcpRelayConnection connection)
    {
        if (_round?.Connection == connection) _round = null;
        if (_old?.Connection == connection) _old = null;
    }

    /// <summary>Which relay carries packets of streams to the address.</summary>
    public TcpRelayLink? RelayTo(UdpAddress remote, Instant since)
    {
        if (_round is { } round) return round.Reaches(remote) ? round.Connection.Relay : null;
        return _old is { } old && old.HasStream(remote, since) ? old.Connection.Relay : null;
    }

    /// <summary>Whether streams still speak by the way that was left.</summary>
    public bool HasStreams(Instant since) => _old?.HasStreams(since) == true;

    /// <inheritdoc />
    public void Wait(TimeSpan timeout)
    {
        if (!HasWaiting) straight.Wait(timeout);
    }

    /// <inheritdoc />
    public int Receive(DatagramHandler handler) => straight.Receive(handler) + (_round?.Receive(handler) ?? 0) + (_old?.Receive(handler) ?? 0);

    /// <inheritdoc />
    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0)
    {
        if (_round is { } round && round.Reaches(to)) return round.Send(bytes, segmentSize, to);
        if (_old is { } old && StackPackets.IsStream(bytes) && old.HasStream(to, detour.StreamsSince)) return old.Send(bytes, segmentSize, to);
        return straight.Send(bytes, segmentSize, to, timeToLive);
    }

    /// <inheritdoc />
    public void Wake() => straight.Wake();

    /// <inheritdoc />
    public void Dispose()
    {
        detour.Forget(this);
        _round?.Dispose();
        _old?.Dispose();
        straight.Dispose();
    }

    private bool HasWaiting => _round?.HasDatagram == true || _old?.HasDatagram == true;

    private void Keep(RelayChannel left)
    {
        _old?.Dispose();
        _old = left;
    }
}
