using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>What a node offers its user to connect: the calls behind <c>ConnectAsync</c> and <c>CreateServer</c>.</summary>
internal sealed class PeerConnector(IConnectNode node, PeerExchange exchange)
{
    private readonly RelayCache _relays = new();

    /// <summary>Through whom each peer was reached the last time.</summary>
    public RelayCache Relays => _relays;

    /// <summary>Makes a server.</summary>
    public DhtServer CreateServer(DhtServerOptions options) => new(node, exchange.Servers, options);

    /// <summary>Connects to a peer.</summary>
    public async Task<DhtConnection> ConnectAsync(PublicKey peer, KeyPair keyPair, DhtConnectOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, node.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var attempt = new ConnectAttempt(node, peer, keyPair, RelaysOf(peer, options), options);
        try
        {
            var connection = await attempt.RunAsync(both.Token).ConfigureAwait(false);
            _relays.Set(peer, attempt.RelaysForNextTime);
            return connection;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PeerConnectFailedException(
                "CONNECT_TIMEOUT", peer, $"The peer {peer} could not be connected within {options.Timeout.TotalSeconds:0} s. Try again.", true, error);
        }
        finally
        {
            await attempt.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Closes every server.</summary>
    public async Task CloseAsync()
    {
        foreach (var server in exchange.Servers.All) await server.DisposeAsync().ConfigureAwait(false);
    }

    private IReadOnlyList<UdpAddress> RelaysOf(PublicKey peer, DhtConnectOptions options)
    {
        if (exchange.FindForward(ConnectCommands.TargetOf(peer)) is { } known) return [known];
        return options.KnownRelays.Count > 0 ? options.KnownRelays : _relays.Find(peer);
    }
}
