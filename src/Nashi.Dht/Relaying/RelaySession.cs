using Nashi.Encoding;
using Nashi.Protomux;
using Nashi.Udx;

namespace Nashi.Dht.Relaying;

/// <summary>One client of a relay. Owns its connection.</summary>
internal sealed class RelaySession : IChannelHandler, IAsyncDisposable
{
    private static readonly MuxOptions Limits = new() { MaxRemoteChannels = 8, MaxPendingOpens = 8 };

    private readonly BlindRelayServer _relay;
    private readonly DhtConnection _connection;
    private readonly Mux _mux;
    private readonly Channel? _channel;
    private Instant _lastUsed;

    /// <summary>Takes a connection.</summary>
    public RelaySession(BlindRelayServer relay, int id, DhtConnection connection, Instant now)
    {
        (_relay, Id, _connection, _lastUsed) = (relay, id, connection, now);
        _mux = new Mux(connection.Stream, Limits);
        _channel = _mux.TryOpen(new ChannelOptions { Protocol = RelayMessage.Protocol, Id = Client.Value.ToArray(), Handler = this });
    }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>Who it is.</summary>
    public PublicKey Client => _connection.RemotePublicKey;

    /// <summary>The stream it is connected by.</summary>
    public UdxStream Raw => _connection.Raw;

    /// <summary>Serves it from now on.</summary>
    public void Start()
    {
        _mux.Start();
        _ = EndAsync();
    }

    /// <summary>Tells the client where its counterpart can be reached.</summary>
    public void SendPair(PairMessage message) => Send(RelayMessage.Pair, message.Encode());

    /// <summary>Tells the client that a pairing is off.</summary>
    public void SendUnpair(Bytes32 token) => Send(RelayMessage.Unpair, new UnpairMessage(token).Encode());

    /// <summary>Closes a client that has long had no pairing.</summary>
    public void CheckIdle(Instant now)
    {
        if (_relay.CountOf(this) > 0) _lastUsed = now;
        else if (now - _lastUsed >= _relay.Options.IdleTimeout) _ = DisposeAsync().AsTask();
    }

    /// <inheritdoc />
    public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
    {
    }

    /// <inheritdoc />
    public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
    {
        _lastUsed = _relay.Now;
        if (type == RelayMessage.Pair)
        {
            if (PairMessage.TryDecode(payload.Span) is { } pair) _relay.Pair(this, pair);
            else Refuse();
        }
        else if (type == RelayMessage.Unpair)
        {
            if (UnpairMessage.TryDecode(payload.Span) is { } unpair) _relay.Unpair(this, unpair.Token);
            else Refuse();
        }

        return default;
    }

    /// <inheritdoc />
    public void OnDrain(Channel channel)
    {
    }

    /// <inheritdoc />
    public void OnClose(Channel channel, bool isRemote) => _ = DisposeAsync().AsTask();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _relay.Forget(this);
        await _mux.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    // Answers that a client does not read would pile up: it is shown the door. Elsewhere, because the relay's gate may be held.
    private void Send(int type, ReadOnlySpan<byte> message)
    {
        if (_channel is null || _channel.Send(type, message) || _channel.IsClosed) return;
        _relay.CountMalformed();
        ThreadPool.UnsafeQueueUserWorkItem(static session => _ = session.DisposeAsync().AsTask(), this, preferLocal: false);
    }

    private void Refuse()
    {
        _relay.CountMalformed();
        _channel?.Close();
    }

    private async Task EndAsync()
    {
        await _mux.Closed.ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }
}
