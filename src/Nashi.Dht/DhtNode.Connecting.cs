using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht;

/// <content>Connecting to peers by public key, answering them, and passing the messages of others on.</content>
public sealed partial class DhtNode
{
    private PeerExchange? _exchange;
    private PeerConnector? _connector;

    private PeerExchange Exchange => LazyInitializer.EnsureInitialized(ref _exchange, () => new PeerExchange(_options.Clock, Forwards, _gate));

    private PeerConnector Connector => LazyInitializer.EnsureInitialized(ref _connector, () => new PeerConnector(this, Exchange));

    /// <summary>Makes a server, which waits for peers once <see cref="DhtServer.ListenAsync"/> is called. It is closed at the latest with the node.</summary>
    public DhtServer CreateServer(DhtServerOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        return Connector.CreateServer(options ?? DhtServerOptions.Default);
    }

    /// <summary>Connects to a peer by its public key: through whoever knows it, then the shortest path that works.</summary>
    /// <param name="remote">Whom to connect to.</param>
    /// <param name="options">How; by default as the node's own key pair.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PeerNotFoundException">No node knows the peer (PEER_NOT_FOUND).</exception>
    /// <exception cref="PeerConnectFailedException">It did not answer, refused or took too long (PEER_CONNECTION_FAILED, SERVER_ERROR …).</exception>
    /// <exception cref="HolepunchFailedException">It answered but no path could be opened (HOLEPUNCH_ABORTED …).</exception>
    /// <exception cref="NetworkUnreachableException">No node answers at all: told within some five seconds (NETWORK_UNREACHABLE).</exception>
    /// <exception cref="NodeSuspendedException">The node is suspended (SUSPENDED).</exception>
    /// <exception cref="ArgumentException">The key is not an acceptable Ed25519 point.</exception>
    public async ValueTask<DhtConnection> ConnectAsync(PublicKey remote, DhtConnectOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        options ??= DhtConnectOptions.Default;
        return await WhileReachableAsync(
            token => Connector.ConnectAsync(remote, options.KeyPair ?? DefaultKeyPair, options, token), cancellationToken).ConfigureAwait(false);
    }

    partial void OnPeerRequest(PeerRequest request)
    {
        if (request.Target is not { } target || request.Value is not { } value) return;
        if (request.Command == ConnectCommands.Handshake) Exchange.HandleHandshake(target, value, request);
        else Exchange.HandleHolepunch(target, value, request);
    }

    partial void OnClosing(ref Task? closing) => closing = _connector?.CloseAsync();
}
