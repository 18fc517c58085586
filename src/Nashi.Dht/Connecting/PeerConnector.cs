using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Relaying;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>What a node offers its user to connect: the calls behind <c>ConnectAsync</c> and <c>CreateServer</c>.</summary>
internal sealed class PeerConnector(IConnectNode node, PeerExchange exchange)
{
    private static readonly TimeSpan RecallTimeout = TimeSpan.FromSeconds(20);

    private readonly RelayCache _relays = new();

    /// <summary>Through whom each peer was reached the last time.</summary>
    public RelayCache Relays => _relays;

    /// <summary>Makes a server.</summary>
    public DhtServer CreateServer(DhtServerOptions options) => new(node, exchange.Servers, options, DialRelayAsync);

    /// <summary>Connects to a peer.</summary>
    public async Task<DhtConnection> ConnectAsync(PublicKey peer, KeyPair keyPair, DhtConnectOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, node.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var attempt = new ConnectAttempt(node, peer, keyPair, RelaysOf(peer, options), options, DialRelayAsync);
        var goesOn = false;
        try
        {
            var connection = await attempt.RunAsync(both.Token).ConfigureAwait(false);
            _relays.Set(peer, attempt.RelaysForNextTime);
            goesOn = true;
            // A fresh call that succeeds is closed at once: it needs no care.
            if (options.BeforeConnecting is null) connection.ReviveBy((wait, token) => RecallAsync(connection, keyPair, options, wait, token), node.Clock);
            _ = FinishAsync(attempt);
            return connection;
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PeerConnectFailedException(
                "CONNECT_TIMEOUT", peer, $"The peer {peer} could not be connected within {options.Timeout.TotalSeconds:0} s. Try again.", true, error);
        }
        finally
        {
            if (!goesOn) await attempt.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Connects to a blind relay.</summary>
    public Task<DhtConnection> DialRelayAsync(PublicKey relay, CancellationToken cancellationToken) =>
        ConnectAsync(relay, node.DefaultKeyPair, new DhtConnectOptions { Timeout = RelayLeg.Patience }, cancellationToken);

    // Not from the relays that the user named: the peer may have others by now. Those it was reached through are asked first, beside a search.
    private async Task<IAsyncDisposable> RecallAsync(
        DhtConnection silent, KeyPair keyPair, DhtConnectOptions options, Func<CancellationToken, Task> wait, CancellationToken cancellationToken)
    {
        // From the silent connection's own socket: a peer of ours then lets its router admit what comes from where that is seen now.
        var fresh = options with { KnownRelays = [], Progress = null, Timeout = RecallTimeout, BeforeConnecting = wait, CallsFrom = () => silent.DirectSocket };
        return await ConnectAsync(silent.RemotePublicKey, keyPair, fresh, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Closes every server.</summary>
    public async Task CloseAsync()
    {
        foreach (var server in exchange.Servers.All) await server.DisposeAsync().ConfigureAwait(false);
    }

    // A relayed connection is handed out while direct paths are still tried.
    private static async Task FinishAsync(ConnectAttempt attempt)
    {
        await attempt.Finished.ConfigureAwait(false);
        await attempt.DisposeAsync().ConfigureAwait(false);
    }

    private IReadOnlyList<UdpAddress> RelaysOf(PublicKey peer, DhtConnectOptions options)
    {
        if (exchange.FindForward(ConnectCommands.TargetOf(peer)) is { } known) return [known];
        return options.KnownRelays.Count > 0 ? options.KnownRelays : _relays.Find(peer);
    }
}
