using System.Net;
using Nashi.BlindPeer.Messages;
using Nashi.BlindPeer.Server;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Storage.Rocks;
using Nashi.Swarm;

namespace Nashi.BlindPeer;

/// <summary>A blind peer: keeps cores that clients name, as the blocks are, and serves them to whoever knows their keys. Wire compatible with <c>blind-peer</c>.</summary>
/// <remarks>
/// It never has a key that decrypts: what clients encrypted stays ciphertext on its disk and in its memory. The node is borrowed; the rest is owned. Thread-safe.
/// Source: data.md §10.3.
/// </remarks>
public sealed class BlindPeerServer : IAsyncDisposable
{
    // The name under which the reference derives its key: a store that was its own keeps its address.
    private const string KeyName = "blind-mirror-swarm";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(5);

    private readonly Corestore _store;
    private readonly KeyPair _keyPair;
    private readonly Swarm.Swarm _swarm;
    private readonly HostAnnouncer _announcer;
    private readonly RateGate _rate;
    private readonly Lock _gate = new();
    private readonly Dictionary<HostConnection, Task> _connections = [];
    private readonly Dictionary<DiscoveryKey, HashSet<HostConnection>> _listeners = [];
    private readonly CancellationTokenSource _life = new();
    private Task _accepting = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private long _asked;
    private long _refused;
    private long _deleted;
    private long _wakeups;
    private bool _isClosed;

    private BlindPeerServer(DhtNode dht, BlindPeerServerOptions options, Corestore store, RocksDbStore records)
    {
        (Options, _store) = (options, store);
        _keyPair = store.CreateKeyPair(KeyName);
        _rate = new RateGate(options.Limits.MaxCoresPerMinute);
        Keeper = new HostKeeper(store, records, options);
        _swarm = new Swarm.Swarm(dht, new SwarmOptions
        {
            KeyPair = _keyPair,
            Firewall = options.Banned.Contains,
            MaxServerConnections = options.Limits.MaxConnections,
            Clock = options.Clock,
            Random = options.Random,
        });
        _announcer = new HostAnnouncer(_swarm, this);
        Keeper.Grew += HandleGrowth;
        Keeper.Removed += HandleRemoval;
    }

    /// <summary>Its key: clients name it.</summary>
    public PublicKey PublicKey => _keyPair.PublicKey;

    internal BlindPeerServerOptions Options { get; }

    internal HostKeeper Keeper { get; }

    /// <summary>Opens the folder, or makes it, and goes on to answer clients as soon as the network lets it: see <see cref="ListeningAsync"/>.</summary>
    /// <exception cref="Nashi.Storage.StorageException">The folder cannot be opened: the message says why, and what to do.</exception>
    public static async ValueTask<BlindPeerServer> StartAsync(DhtNode dht, BlindPeerServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ = options.Limits.Validate();
        MakePrivate(options.Folder);
        var store = await Corestore.OpenAsync(
            Path.Combine(options.Folder, "cores"), new CorestoreOptions { Clock = options.Clock, Random = options.Random, Logger = options.Logger }, cancellationToken).ConfigureAwait(false);
        BlindPeerServer server;
        try
        {
            server = new BlindPeerServer(dht, options, store, RocksDbStore.Open(Path.Combine(options.Folder, "records")));
        }
        catch
        {
            await store.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        try
        {
            await server.BeginAsync().ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether clients can find it.</summary>
    public bool IsListening => _listening.IsCompletedSuccessfully;

    /// <summary>Waits until clients can find it.</summary>
    public Task ListeningAsync(CancellationToken cancellationToken = default) => _listening.WaitAsync(cancellationToken);

    /// <summary>How it fares.</summary>
    public BlindPeerStats GetStats()
    {
        int connections;
        lock (_gate) connections = _connections.Count;
        return Keeper.Use((policy, _) => new BlindPeerStats
        {
            Cores = policy.Count,
            WaitingCores = policy.Waiting,
            BytesUsed = policy.Used,
            Quota = Options.Limits.Quota,
            BytesCollected = policy.BytesCollected,
        }) with
        {
            OpenCores = Keeper.OpenCount,
            AnnouncedCores = _announcer.Count,
            Connections = connections,
            Requested = Interlocked.Read(ref _asked),
            Refused = Interlocked.Read(ref _refused),
            Deleted = Interlocked.Read(ref _deleted),
            CoresCollected = Keeper.CoresCollected,
            WakeupsSent = Interlocked.Read(ref _wakeups),
            StorageFailures = Keeper.Failures,
            IsStorageFailing = Keeper.IsFailing,
        };
    }

    /// <summary>Ends all connections, writes everything down and closes the folder. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        KeyValuePair<HostConnection, Task>[] connections;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            connections = [.. _connections];
        }

        await _life.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(connections.Select(static entry => entry.Key.DisposeAsync().AsTask())).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(connections.Select(static entry => entry.Value)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _announcer.DisposeAsync().ConfigureAwait(false);
        await _swarm.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Keeper.DisposeAsync().ConfigureAwait(false);
        await _store.DisposeAsync().ConfigureAwait(false);
        _keyPair.Dispose();
        _life.Dispose();
    }

    internal Standing StandingOf(PublicKey client)
    {
        if (Options.Trusted.Contains(client)) return Standing.Trusted;
        if (Options.Allowed.Contains(client)) return Standing.Allowed;
        return Options.Allowed.Count > 0 ? Standing.Refused : Standing.Stranger;
    }

    /// <summary>Says what of a core is here, and shows blocks of it.</summary>
    internal async ValueTask<ReceiptAnswer> SignAsync(PublicKey client, Core core, ReceiptRequest request, CancellationToken cancellationToken)
    {
        var from = Keeper.Use((policy, _) => policy.Find(core.Key)?.BlocksCleared ?? 0);
        var proofs = new Bytes32[request.Blocks.Count];
        for (var i = 0; i < proofs.Length; i++)
        {
            if (!core.Has(request.Blocks[i])) continue;
            var block = await core.GetAsync(request.Blocks[i], new CoreGetOptions { Wait = false }, cancellationToken).ConfigureAwait(false);
            proofs[i] = ReceiptRequest.ProofOf(request.Nonce, request.Blocks[i], block);
        }

        var receipt = new BlindReceipt
        {
            Peer = PublicKey,
            Client = client,
            Core = core.Key,
            Fork = core.Fork,
            From = from,
            Length = core.FindMissing(from) ?? core.Length,
            Time = (ulong)Options.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Signature = default,
        }.SignedBy(_keyPair);
        return new(receipt.Fork, receipt.From, receipt.Length, receipt.Time, receipt.Signature, proofs);
    }

    internal bool TryTake(IPAddress address, int count)
    {
        lock (_rate) return _rate.TryTake(address, count, Options.Clock.GetUtcNow().ToUnixTimeMilliseconds());
    }

    internal void CountAsked(int asked, int accepted)
    {
        _ = Interlocked.Add(ref _asked, asked);
        _ = Interlocked.Add(ref _refused, asked - accepted);
    }

    internal void CountDeleted() => Interlocked.Increment(ref _deleted);

    internal void CountWakeup() => Interlocked.Increment(ref _wakeups);

    internal void AnnounceSoon(CoreKey key) => _ = _announcer.AnnounceAsync(key);

    internal void Listen(DiscoveryKey topic, HostConnection connection)
    {
        lock (_gate)
        {
            if (!_listeners.TryGetValue(topic, out var all)) _listeners.Add(topic, all = []);
            _ = all.Add(connection);
        }
    }

    internal void Unlisten(DiscoveryKey topic, HostConnection connection)
    {
        lock (_gate)
        {
            if (!_listeners.TryGetValue(topic, out var all)) return;
            _ = all.Remove(connection);
            if (all.Count == 0) _ = _listeners.Remove(topic);
        }
    }

    // Keys and records are for its user alone, from the first moment on.
    private static void MakePrivate(string folder)
    {
        if (OperatingSystem.IsWindows()) _ = Directory.CreateDirectory(folder);
        else if (!Directory.Exists(folder)) _ = Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private async Task BeginAsync()
    {
        await Keeper.SweepAsync().ConfigureAwait(false);
        _accepting = AcceptAsync();
        _listening = ListenAsync();
    }

    private async Task ListenAsync()
    {
        while (!await TryListenAsync().ConfigureAwait(false)) await Task.Delay(RetryInterval, Options.Clock, _life.Token).ConfigureAwait(false);
        foreach (var key in Keeper.Use(static (policy, _) => policy.Records.Where(static record => record.Announce).Select(static record => record.Key).ToArray())) AnnounceSoon(key);
    }

    private async Task<bool> TryListenAsync()
    {
        try
        {
            await _swarm.ListenAsync(_life.Token).ConfigureAwait(false);
            return true;
        }
        catch (NashiException error)
        {
            Log.NotListening(Options.Logger, error);
            return false;
        }
    }

    private async Task AcceptAsync()
    {
        await foreach (var connection in _swarm.Connections.ReadAllAsync().ConfigureAwait(false))
        {
            if (Options.BannedAddresses.Contains(connection.RemoteAddress.ToIPAddress())) await connection.DisposeAsync().ConfigureAwait(false);
            else Serve(new HostConnection(this, connection));
        }
    }

    private void Serve(HostConnection connection)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _connections.Add(connection, ServeAsync(connection));
                return;
            }
        }

        _ = connection.DisposeAsync().AsTask();
    }

    private async Task ServeAsync(HostConnection connection)
    {
        await Task.Yield();
        await connection.RunAsync().ConfigureAwait(false);
        lock (_gate) _ = _connections.Remove(connection);
    }

    private void HandleGrowth(HostRecord record, ulong length)
    {
        if (record.Referrer is not { } referrer) return;
        var topic = referrer.ToDiscoveryKey();
        HostConnection[] told;
        lock (_gate) told = _listeners.TryGetValue(topic, out var all) ? [.. all] : [];
        foreach (var connection in told)
        {
            if (connection.Tell(topic, record, length)) CountWakeup();
        }
    }

    private void HandleRemoval(CoreKey key) => _ = ForgetAsync(key);

    private async Task ForgetAsync(CoreKey key)
    {
        HostConnection[] connections;
        lock (_gate) connections = [.. _connections.Keys];
        foreach (var connection in connections) await connection.DropAsync(key).ConfigureAwait(false);
        await _announcer.WithdrawAsync(key).ConfigureAwait(false);
    }
}
