using System.Collections.Concurrent;
using Nashi.Encoding;
using Nashi.Protomux;

namespace Nashi.Dht.Relaying;

/// <summary>Our side of a connection to a blind relay: asks it to join a stream of ours with that of whoever names the same token.</summary>
/// <remarks>Owns the connection. Thread-safe. Compatible with the npm package blind-relay.</remarks>
public sealed class BlindRelayClient : IAsyncDisposable
{
    private readonly DhtConnection _connection;
    private readonly Mux _mux;
    private readonly Channel? _channel;
    private readonly ConcurrentDictionary<Bytes32, Request> _requests = new();
    private volatile bool _isClosed;

    /// <summary>Takes a connection to a relay, which nobody else may use from then on.</summary>
    public BlindRelayClient(DhtConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _connection = connection;
        _mux = new Mux(connection.Stream);
        // The relay opens the same channel: its id is who we are.
        _channel = _mux.TryOpen(new ChannelOptions { Protocol = RelayMessage.Protocol, Id = connection.Stream.LocalPublicKey.Value.ToArray(), Handler = new Handler(this) });
        _mux.Start();
    }

    /// <summary>The connection to the relay.</summary>
    public DhtConnection Connection => _connection;

    /// <summary>Completes when the relay, or we, closed the connection; never faults.</summary>
    public Task Closed => _mux.Closed;

    /// <summary>Waits until the other side is at the relay, too.</summary>
    /// <param name="isInitiator">Our role: the two must differ.</param>
    /// <param name="token">What both sides name.</param>
    /// <param name="streamId">Our stream.</param>
    /// <param name="cancellationToken">Takes the request back.</param>
    /// <returns>The relay's stream: connect ours to it, by the socket and to the address of <see cref="Connection"/>.</returns>
    /// <exception cref="BlindRelayException">The relay refused (RELAY_REFUSED) or closed (RELAY_CLOSED).</exception>
    public async Task<uint> PairAsync(bool isInitiator, Bytes32 token, uint streamId, CancellationToken cancellationToken = default)
    {
        var request = new Request(isInitiator);
        if (!_requests.TryAdd(token, request)) throw new InvalidOperationException("This token is being paired already.");
        try
        {
            _ = _channel?.Send(RelayMessage.Pair, new PairMessage(isInitiator, token, streamId).Encode());
            if (_isClosed || _channel is null) throw Lost();
            return await request.Answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Unpair(token);
            throw;
        }
        finally
        {
            _ = _requests.TryRemove(token, out _);
        }
    }

    /// <summary>Ends a pairing, whether it came about or not.</summary>
    public void Unpair(Bytes32 token) => _ = _channel?.Send(RelayMessage.Unpair, new UnpairMessage(token).Encode());

    /// <summary>Closes the connection to the relay, which ends what goes through it.</summary>
    public async ValueTask DisposeAsync()
    {
        Fail();
        await _mux.DisposeAsync().ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    private void HandlePair(PairMessage message)
    {
        if (_requests.TryGetValue(message.Token, out var request) && request.IsInitiator == message.IsInitiator) request.Answer.TrySetResult(message.StreamId);
    }

    private void HandleUnpair(UnpairMessage message)
    {
        if (_requests.TryGetValue(message.Token, out var request)) request.Answer.TrySetException(new BlindRelayException(
            "RELAY_REFUSED", _connection.RemotePublicKey, $"The relay {_connection.RemotePublicKey} takes no more pairs, or the other side did not come."));
    }

    private void Fail()
    {
        _isClosed = true;
        foreach (var request in _requests.Values) request.Answer.TrySetException(Lost());
    }

    private BlindRelayException Lost() => new("RELAY_CLOSED", _connection.RemotePublicKey, $"The relay {_connection.RemotePublicKey} closed the connection.");

    private sealed class Request(bool isInitiator)
    {
        public bool IsInitiator => isInitiator;

        public TaskCompletionSource<uint> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Handler(BlindRelayClient client) : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
        {
        }

        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
        {
            if (type == RelayMessage.Pair && PairMessage.TryDecode(payload.Span) is { } pair) client.HandlePair(pair);
            else if (type == RelayMessage.Unpair && UnpairMessage.TryDecode(payload.Span) is { } unpair) client.HandleUnpair(unpair);
            return default;
        }

        public void OnDrain(Channel channel)
        {
        }

        public void OnClose(Channel channel, bool isRemote)
        {
            client.Fail();
            _ = client._mux.DisposeAsync().AsTask();
        }
    }
}
