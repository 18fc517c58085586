using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Relaying;

/// <summary>Our half of a way through a blind relay. Owns the connection to the relay.</summary>
internal sealed class RelayLeg : IAsyncDisposable
{
    /// <summary>How long dialling the relay and waiting there for the other side may take together.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly BlindRelayClient _client;

    private RelayLeg(BlindRelayClient client, UdxSocket socket)
    {
        _client = client;
        Socket = socket;
        Address = client.Connection.Raw.Remote;
    }

    /// <summary>Which relay.</summary>
    public PublicKey Relay => _client.Connection.RemotePublicKey;

    /// <summary>By which socket packets go to the relay.</summary>
    public UdxSocket Socket { get; }

    /// <summary>Where it is.</summary>
    public UdpAddress Address { get; }

    /// <summary>Its stream, once paired.</summary>
    public uint RemoteId { get; private set; }

    /// <summary>Completes when the connection to the relay is closed; never faults.</summary>
    public Task Closed => _client.Closed;

    /// <summary>Takes a connection to a relay.</summary>
    public static async Task<RelayLeg> DialAsync(RelayDialer dial, PublicKey relay, CancellationToken cancellationToken)
    {
        var connection = await dial(relay, cancellationToken).ConfigureAwait(false);
        if (connection.Raw.Socket is { } socket) return new RelayLeg(new BlindRelayClient(connection), socket);
        await connection.DisposeAsync().ConfigureAwait(false);
        throw new BlindRelayException("RELAY_CLOSED", relay, $"The relay {relay} closed the connection.");
    }

    /// <summary>Waits for the other side at the relay.</summary>
    public async Task PairAsync(bool isInitiator, Bytes32 token, uint streamId, CancellationToken cancellationToken) =>
        RemoteId = await _client.PairAsync(isInitiator, token, streamId, cancellationToken).ConfigureAwait(false);

    /// <summary>Whether a packet came from the relay.</summary>
    public bool Is(UdxSocket socket, UdpAddress from) => Socket == socket && Address == from;

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
