using Nashi.Datagrams;

namespace Nashi.TcpRelay.Protocol;

/// <summary>Frames that wait to be taken, all at once: one array is filled while the other is used. What does not fit is dropped, as by any router.</summary>
/// <remarks>Any thread adds; one at a time takes. Starts small and grows up to its capacity.</remarks>
internal sealed class FrameBuffer(int capacity)
{
    private const int SizeAtFirst = 4096;
    // Control frames always find room: there are few, and without them the connection would not end.
    private const int ControlReserve = 4096;

    private readonly Lock _gate = new();
    private byte[] _filling = [];
    private byte[] _taken = [];
    private int _length;

    /// <summary>Adds a control frame.</summary>
    /// <param name="kind">What it says.</param>
    /// <param name="body">The rest.</param>
    /// <param name="isFirst">Whether nothing waited.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(FrameKind kind, ReadOnlySpan<byte> body, out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = _length == 0;
            var size = Frame.HeaderSize + body.Length;
            if (!TryGrow(size, capacity + ControlReserve)) return false;
            var to = _filling.AsSpan(_length, size);
            Frame.WriteHeader(to, kind, body.Length);
            body.CopyTo(to[Frame.HeaderSize..]);
            _length += size;
            return true;
        }
    }

    /// <summary>Adds datagrams to or from one address.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="address">The address.</param>
    /// <param name="bytes">One datagram, or several of <paramref name="segmentSize"/> bytes but for the last.</param>
    /// <param name="segmentSize">Size of each.</param>
    /// <param name="isFirst">Whether nothing waited.</param>
    /// <returns>False when not all found room.</returns>
    public bool TryAddDatagrams(ushort channel, UdpAddress address, ReadOnlySpan<byte> bytes, int segmentSize, out bool isFirst)
    {
        lock (_gate)
        {
            isFirst = _length == 0;
            while (bytes.Length > 0)
            {
                var payload = bytes[..Math.Min(segmentSize, bytes.Length)];
                bytes = bytes[payload.Length..];
                if (!TryAddDatagram(channel, address, payload)) return false;
            }

            return true;
        }
    }

    /// <summary>Takes everything; it is valid until this is called again.</summary>
    public Memory<byte> Take()
    {
        lock (_gate)
        {
            (_filling, _taken) = (_taken, _filling);
            var length = _length;
            _length = 0;
            return _taken.AsMemory(0, length);
        }
    }

    /// <summary>Whether something waits.</summary>
    public bool HasFrames
    {
        get
        {
            lock (_gate) return _length > 0;
        }
    }

    private bool TryAddDatagram(ushort channel, UdpAddress address, ReadOnlySpan<byte> payload)
    {
        var head = Frame.HeaderSize + DatagramFrame.HeaderSize(address);
        if (payload.Length > DatagramFrame.PayloadMax || !TryGrow(head + payload.Length, capacity)) return false;
        var to = _filling.AsSpan(_length, head + payload.Length);
        Frame.WriteHeader(to, FrameKind.Datagram, to.Length - Frame.HeaderSize);
        DatagramFrame.WriteHeader(to[Frame.HeaderSize..], channel, address);
        payload.CopyTo(to[head..]);
        _length += to.Length;
        return true;
    }

    private bool TryGrow(int size, int limit)
    {
        if (_length + size > limit) return false;
        if (_length + size <= _filling.Length) return true;
        var grown = Math.Max(SizeAtFirst, _filling.Length);
        while (grown < _length + size) grown *= 2;
        Array.Resize(ref _filling, Math.Min(grown, capacity + ControlReserve));
        return true;
    }
}
