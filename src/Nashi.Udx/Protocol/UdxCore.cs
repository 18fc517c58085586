namespace Nashi.Udx.Protocol;

/// <summary>One end of a stream, without socket, clock or thread.</summary>
/// <remarks>
/// Call order: any of Write, End, Handle…, then <see cref="PollTransmit"/> until it gives nothing, then wait until <see cref="NextTimeout"/> or new input.
/// Closing: <see cref="CloseReason"/> is set when the stream is over; a stream that ended in order goes on answering repeats until <see cref="IsDone"/>, because
/// its last acknowledgement may have been lost. Not thread-safe; one owner. Spec: network.md §1.
/// </remarks>
internal sealed partial class UdxCore
{
    private const int HeaderIPv4 = 28;
    private const int HeaderIPv6 = 48;
    private const long LingerTime = 15_000_000;
    private const long DestroyLingerTime = 5_000_000;
    private const int DestroyRepeatsMax = 5;

    // How many times its option a window or buffer may grow to.
    private const int GrowthMax = 4;

    private readonly UdxStreamOptions _options;
    private readonly IUdxSink _sink;
    private readonly ByteRing _bytes = new();
    private readonly SentRing _sent;
    private readonly ReorderBuffer _reorder;
    private readonly RttEstimator _rtt = new();
    private readonly MtuSearch _mtu;
    private Bbr _bbr = new();
    private uint _remoteId;
    private int _ipHeader = HeaderIPv4;
    private byte _path;
    private bool _isConnected;
    private bool _destroyPending;
    private int _destroyRepeats;
    private long _lingerUntil = long.MaxValue;

    public UdxCore(UdxStreamOptions options, IUdxSink sink)
    {
        _options = options;
        _sink = sink;
        _sent = new SentRing(options.FirstSequence);
        _expected = options.FirstSequence;
        _receiveWindow = options.ReceiveWindow;
        _reorder = new ReorderBuffer(_receiveWindow);
        _mtu = new MtuSearch(options.MtuMax);
    }

    /// <summary>Why the stream is over; null while it is not.</summary>
    public UdxCloseReason? CloseReason { get; private set; }

    /// <summary>Whether nothing more will be sent: the stream's id may be used again.</summary>
    public bool IsDone { get; private set; }

    public bool IsConnected => _isConnected;

    /// <summary>Bytes of payload that fit one packet now.</summary>
    public int PayloadMax => _mtu.Current - _ipHeader - PacketHeader.Size;

    /// <summary>
    /// Whether the packet that <see cref="PollTransmit"/> gave last was made for an earlier path and may be too large for this one: send it by both. A packet
    /// cannot be split after it was numbered.
    /// </summary>
    public bool NeedsOldPath { get; private set; }

    /// <summary>Bytes written and not yet acknowledged.</summary>
    public int Queued => _bytes.Length;

    /// <summary>Whether a writer that was told to wait may go on: for more than a few packets, and long before the path runs dry.</summary>
    public bool HasRoom => _bytes.Length <= SendBuffer - (SendBuffer / 8);

    /// <summary>Whether our side takes no more bytes.</summary>
    public bool IsEnding => _endWanted;

    /// <summary>Whether everything written, and the end if there is one, was acknowledged.</summary>
    public bool IsFlushed => _bytes.Length == 0 && _sent.IsEmpty && (!_endWanted || _endSent);

    /// <summary>Whether our side has ended and that was acknowledged.</summary>
    public bool IsEnded => _endSent && _sent.IsEmpty;

    /// <summary>Whether the remote's side has ended and everything of it was received.</summary>
    public bool IsRemoteEnded { get; private set; }

    /// <summary>Names the remote. Packets may be sent and received from now on.</summary>
    public void Connect(uint remoteId, bool isIPv6)
    {
        _remoteId = remoteId;
        _isConnected = true;
        SetFamily(isIPv6);
    }

    /// <summary>Moves to another address of the remote; what is under way is repeated there if need be.</summary>
    public void ChangeRemote(uint remoteId, bool isIPv6)
    {
        _remoteId = remoteId;
        _path++;
        _mtu.Reset();
        SetFamily(isIPv6);
    }

    /// <summary>Takes bytes to send.</summary>
    /// <returns>How many were taken: fewer than given when the send buffer is full.</returns>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (_endWanted || CloseReason is not null) return 0;
        var taken = Math.Min(bytes.Length, SendBuffer - _bytes.Length);
        if (taken <= 0) return 0;
        _bytes.Append(bytes[..taken]);
        return taken;
    }

    /// <summary>Takes the last bytes, which may exceed the send buffer: they are in memory anyhow.</summary>
    public void WriteLast(ReadOnlySpan<byte> bytes)
    {
        if (!_endWanted && CloseReason is null && !bytes.IsEmpty) _bytes.Append(bytes);
    }

    /// <summary>Nobody reads any more: what arrives is acknowledged and thrown away.</summary>
    public void DiscardInput()
    {
        _discards = true;
        HandleRead(_unread);
    }

    /// <summary>Ends our side after what was written.</summary>
    public void End() => _endWanted = true;

    /// <summary>Gives up at once, telling the remote; and again for a while, if it goes on because the word was lost.</summary>
    public void Destroy(Instant now)
    {
        if (CloseReason is not null) return;
        _destroyPending = _isConnected;
        Close(UdxCloseReason.Local);
        if (_isConnected) _lingerUntil = now.Microseconds + DestroyLingerTime;
    }

    /// <summary>Ends without a word to the remote.</summary>
    public void Close(UdxCloseReason reason)
    {
        if (CloseReason is not null) return;
        CloseReason = reason;
        _bytes.Clear();
        _reorder.Clear();
        IsDone = !_destroyPending && reason.Kind is not UdxCloseKind.Ended;
    }

    public UdxStreamStats GetStats() => new()
    {
        RoundTrip = TimeSpan.FromMicroseconds(_rtt.Smoothed),
        Mtu = _mtu.Current,
        CongestionWindow = _bbr.Cwnd,
        InFlight = _inflight,
        Bandwidth = _bbr.Bandwidth * 1e6,
        BytesSent = _bytesSent,
        BytesReceived = _bytesReceived,
        PacketsSent = _packetsSent,
        PacketsReceived = _packetsReceived,
        Retransmits = _retransmits,
        Timeouts = _timeoutsTotal,
        Invalid = _invalid,
    };

    // What the remote takes at once, some more to go on with, and no more than the path has shown to need.
    private int SendBuffer =>
        (int)Math.Clamp(Math.Min(GrowthMax * _bbr.Cwnd, _sendWindow) + (_options.SendBuffer / 16), _options.SendBuffer, GrowthMax * (long)_options.SendBuffer);

    private void SetFamily(bool isIPv6)
    {
        _ipHeader = isIPv6 ? HeaderIPv6 : HeaderIPv4;
        _bbr.SetPayload(PayloadMax);
    }

    // Both sides are over: everything was delivered and the remote knows, or will ask again.
    private void CloseIfEnded(long now)
    {
        if (CloseReason is not null || !IsEnded || !IsRemoteEnded) return;
        Close(UdxCloseReason.Ended);
        _lingerUntil = now + LingerTime;
    }
}
