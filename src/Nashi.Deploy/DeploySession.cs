using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Swarm;

namespace Nashi.Deploy;

/// <summary>A store of cores and, once it is needed, the network: what every operation of this library works with.</summary>
/// <remarks>Every connection replicates every core that is open in the store. Thread-safe. Dispose it last.</remarks>
public sealed partial class DeploySession : IAsyncDisposable
{
    private readonly DeploySessionOptions _options;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly ConcurrentDictionary<SwarmConnection, byte> _peers = new();
    private DhtNode? _dht;
    private Swarm.Swarm? _swarm;
    private Task _accepting = Task.CompletedTask;

    private DeploySession(DeploySessionOptions options, Corestore store)
    {
        _options = options;
        Store = store;
        _log = options.Logs.CreateLogger("Nashi.Deploy");
    }

    /// <summary>The cores and keys.</summary>
    public Corestore Store { get; }

    /// <summary>The connections there are now.</summary>
    public ICollection<SwarmConnection> Peers => _peers.Keys;

    /// <summary>Raised when a peer came (true) or went (false), on a pool thread.</summary>
    public event Action<SwarmConnection, bool>? PeerChanged;

    /// <summary>Whether neighbours can find us, with or without an internet.</summary>
    public bool IsOnLan => _dht?.Lan?.GetStats().Interfaces > 0;

    /// <summary>Opens or creates the store.</summary>
    /// <exception cref="Storage.StorageException">The store cannot be opened; another process may be using it.</exception>
    public static async ValueTask<DeploySession> OpenAsync(DeploySessionOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var store = options.Folder is { } folder
            ? await Corestore.OpenAsync(folder, null, cancellationToken).ConfigureAwait(false)
            : Corestore.CreateInMemory();
        return new DeploySession(options, store);
    }

    /// <summary>The node on the network, started at the first call.</summary>
    public async ValueTask<DhtNode> StartNetworkAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _dht ??= await DhtNode.StartAsync(
                new DhtOptions
                {
                    Bootstrap = await _options.Bootstrap(cancellationToken).ConfigureAwait(false),
                    Host = _options.Host,
                    Lan = _options.Lan,
                    TcpRelays = _options.TcpRelays,
                    Cache = _options.NodeCache,
                    Logger = _options.Logs.CreateLogger("Nashi.Dht"),
                },
                cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Looks for and offers a core under its discovery key.</summary>
    /// <param name="key">The core; for a drive, its metadata core.</param>
    /// <param name="server">Be found by others.</param>
    /// <param name="client">Look for others.</param>
    /// <param name="cancellationToken">Stops waiting for the network to start.</param>
    public async ValueTask<SwarmDiscovery> JoinAsync(DiscoveryKey key, bool server, bool client, CancellationToken cancellationToken = default)
    {
        var dht = await StartNetworkAsync(cancellationToken).ConfigureAwait(false);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_swarm is null)
            {
                _swarm = new Swarm.Swarm(dht, new SwarmOptions { KeyPair = Store.CreateKeyPair("nashi-swarm") });
                _accepting = Task.Run(() => AcceptAsync(_swarm), CancellationToken.None);
            }

            return _swarm.Join(new Topic(key.Value), server, client);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Leaves the network, then closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_swarm is not null) await _swarm.DisposeAsync().ConfigureAwait(false);
            await _accepting.ConfigureAwait(false);
            if (_dht is not null) await _dht.DisposeAsync().ConfigureAwait(false);
            await Store.DisposeAsync().ConfigureAwait(false);
            (_swarm, _dht) = (null, null);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task AcceptAsync(Swarm.Swarm swarm)
    {
        await foreach (var connection in swarm.Connections.ReadAllAsync().ConfigureAwait(false)) _ = Task.Run(() => ServeAsync(connection));
    }

    private async Task ServeAsync(SwarmConnection connection)
    {
        try
        {
            var replication = Store.Replicate(connection.Stream);
            await using var replicationClosing = replication.ConfigureAwait(false);
            _peers[connection] = 0;
            PeerChanged?.Invoke(connection, true);
            var reason = await connection.Stream.Closed.ConfigureAwait(false);
            LogClosed(connection.RemotePublicKey, reason.Kind, reason.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            LogFailed(connection.RemotePublicKey, error);
        }
        finally
        {
            if (_peers.TryRemove(connection, out _)) PeerChanged?.Invoke(connection, false);
        }
    }

    [LoggerMessage(9001, LogLevel.Debug, "Connection with {Peer} ended: {Kind}, {Message}")]
    private partial void LogClosed(PublicKey peer, SecretStream.CloseKind kind, string message);

    [LoggerMessage(9002, LogLevel.Warning, "Replication with {Peer} failed")]
    private partial void LogFailed(PublicKey peer, Exception error);
}
