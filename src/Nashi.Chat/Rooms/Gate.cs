using System.Buffers;
using Nashi.Chat.Epochs;
using Nashi.Chat.State;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux;

namespace Nashi.Chat.Rooms;

/// <summary>The door of a room on one connection (R7): no core is offered before both sides proved that they belong here.</summary>
/// <remarks>
/// Each says which device it is, signed over the connection's handshake, and proves the keys it has. A side lets the other in when the device is a member's by its own log, or,
/// not knowing the device yet, by a key that nobody who was removed has. Whoever is let in is told so, and gets the records of keys. Replication begins, on each side, when both
/// have said so: each has then heard it from the other before any core is opened.
/// </remarks>
internal sealed class Gate(IGateKeeper keeper, Mux mux) : IChannelHandler
{
    public const string Protocol = "nashi-chat/gate";
    public const int MaxProofs = 8;

    private const byte Version = 1;
    private const int HelloType = 0;
    private const int WelcomeType = 1;
    private const int RecordType = 2;
    private const int HaveType = 3;

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Bytes32> _proofs = [];
    private readonly HashSet<ulong> _sentRecords = [];
    private Channel? _channel;
    private CoreKey? _writer;
    private byte[] _signature = [];
    private bool _hasHello;
    private bool _isWelcome;
    private bool _isOpen;
    private bool _hasWelcomed;
    private ulong _toldLength;

    /// <summary>Which device the remote is; known once it is let in.</summary>
    public CoreKey? Writer => _hasWelcomed ? _writer : null;

    /// <summary>Whether both let each other in.</summary>
    public bool IsOpen => _isOpen;

    public Mux Mux => mux;

    public static byte[] IdOf(CoreKey room) => KeyIds.Derive("gate"u8, room.Value.AsSpan(), default).ToArray();

    public void Start(CoreKey room) => _channel = mux.TryOpen(new() { Protocol = Protocol, Id = IdOf(room), Handler = this });

    public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
    {
        _channel = channel;
        SendHello();
    }

    public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
    {
        switch (type)
        {
            case HelloType: ReadHello(payload.Span); break;
            case WelcomeType:
                _isWelcome = true;
                Review();
                break;
            case RecordType when EpochRecord.TryDecode(payload.Span, out var record): keeper.TakeRecord(record); break;
            case HaveType when _hasWelcomed && _writer is { } writer: ReadHave(writer, payload.Span); break;
        }

        return default;
    }

    public void OnDrain(Channel channel)
    {
        // What is sent is little, and each message stands for the ones before it.
    }

    public void OnClose(Channel channel, bool isRemote) => keeper.Forget(this);

    /// <summary>Looks again whether the remote may come in, after the room or our keys changed; shuts it out when it was removed.</summary>
    public void Review()
    {
        var (isOpening, isOut) = (false, false);
        lock (_gate)
        {
            if (!_hasHello || _channel is null) return;
            var isMember = Judge();
            isOut = _hasWelcomed && !isMember;
            if (isMember && !_hasWelcomed)
            {
                _hasWelcomed = true;
                SendRecords();
                _channel.Send(WelcomeType, []);
            }

            isOpening = _hasWelcomed && _isWelcome && !_isOpen && !isOut;
            _isOpen |= isOpening;
        }

        if (isOut) _ = mux.DisposeAsync().AsTask();
        else if (isOpening) keeper.Enter(this);
        if (_isOpen) SendRecords();
    }

    /// <summary>Proves the keys we got since.</summary>
    public void SendHello()
    {
        if (_channel is not { IsClosed: false } channel) return;
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new CompactWriter(buffer);
        writer.WriteByte(Version);
        writer.WriteFixed32(keeper.Writer.Value);
        writer.WriteFixed(keeper.Sign(Signed(mux.Stream.IsInitiator, keeper.Writer)));
        var keys = keeper.ListKeys();
        writer.WriteUInt((ulong)keys.Count);
        foreach (var (id, key) in keys)
        {
            writer.WriteUInt64(id);
            writer.WriteFixed32(Proof(key, mux.Stream.IsInitiator));
        }

        channel.Send(HelloType, buffer.WrittenSpan);
    }

    /// <summary>Tells the remote how much of what it wrote is here, with contents.</summary>
    public void SendHave(ulong length)
    {
        if (!_isOpen || length <= _toldLength) return;
        _toldLength = length;
        var buffer = new ArrayBufferWriter<byte>(16);
        var writer = new CompactWriter(buffer);
        writer.WriteUInt(length);
        _channel!.Send(HaveType, buffer.WrittenSpan);
    }

    internal static bool TryReadHello(ReadOnlySpan<byte> bytes, out CoreKey writer, out byte[] signature, Dictionary<ulong, Bytes32> proofs)
    {
        (writer, signature) = (default, []);
        var reader = new CompactReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version || !reader.TryReadFixed32(out var key) || !reader.TryReadFixed(Ed25519.SignatureSize, out var signed)) return false;
        if (!reader.TryReadArrayLength(8 + Bytes32.Size, out var count) || count > MaxProofs) return false;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt64(out var id) || !reader.TryReadFixed32(out var proof)) return false;
            proofs[id] = proof;
        }

        (writer, signature) = (new(key), signed.ToArray());
        return true;
    }

    private void ReadHello(ReadOnlySpan<byte> payload)
    {
        var proofs = new Dictionary<ulong, Bytes32>();
        if (!TryReadHello(payload, out var writer, out var signature, proofs)) return;
        lock (_gate)
        {
            // Who it is does not change on a connection.
            if (_hasHello && _writer != writer) return;
            (_hasHello, _writer, _signature) = (true, writer, signature);
            foreach (var (id, proof) in proofs)
            {
                if (_proofs.Count < 4 * MaxProofs) _proofs[id] = proof;
            }
        }

        Review();
    }

    private void ReadHave(CoreKey writer, ReadOnlySpan<byte> payload)
    {
        var reader = new CompactReader(payload);
        if (reader.TryReadUInt(out var length)) keeper.TakeHave(writer, length);
    }

    private bool Judge()
    {
        var state = keeper.State;
        var writer = _writer!.Value;
        if (state.Devices.TryGetValue(writer, out var device)) return Ed25519.Verify(Signed(!mux.Stream.IsInitiator, writer), _signature, device.Key);
        if (state.Former.ContainsKey(writer)) return false;
        foreach (var (id, proof) in _proofs)
        {
            if (keeper.FindFreshKey(id) is { } key && Proof(key, !mux.Stream.IsInitiator) == proof) return true;
        }

        return false;
    }

    private void SendRecords()
    {
        lock (_gate)
        {
            if (_channel is not { IsClosed: false } channel) return;
            foreach (var record in keeper.ListRecords())
            {
                if (_sentRecords.Add(record.KeyId)) channel.Send(RecordType, record.Encode());
            }
        }
    }

    private Bytes32 Proof(in Bytes32 key, bool isInitiator)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size, key.AsSpan());
        hasher.Update(isInitiator ? "nashi gate initiator"u8 : "nashi gate responder"u8);
        hasher.Update(mux.Stream.HandshakeHash.Span);
        return hasher.Finish32();
    }

    private byte[] Signed(bool isInitiator, CoreKey writer)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size, "nashi gate device"u8);
        hasher.Update(isInitiator ? "i"u8 : "r"u8);
        hasher.Update(mux.Stream.HandshakeHash.Span);
        hasher.Update(keeper.State.Id.Value.AsSpan());
        hasher.Update(writer.Value.AsSpan());
        return hasher.Finish32().ToArray();
    }
}
