using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.State;
using Nashi.Protomux;
using Nashi.Storage;

namespace Nashi.Hypercore;

/// <summary>The open cores of a store and the connections they are shared over.</summary>
/// <remarks>Invariant: under the gate, every open core is attached to every connection. A core that closes detaches itself; a connection that closes lets go of what it served.</remarks>
internal sealed class StoreCores(CorestoreStorage storage, Bytes32? primaryKey, CorestoreOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<DiscoveryKey, (CoreState State, Replicator Replicator)> _open = [];
    private readonly Dictionary<DiscoveryKey, Task<bool>> _purging = [];
    private readonly HashSet<StoreReplication> _connections = [];
    private readonly byte[] _primaryKey = primaryKey?.ToArray() ?? [];
    private bool _isClosed;

    public CorestoreStorage Storage { get; } = storage;

    public CorestoreOptions Options { get; } = options;

    /// <summary>Secret; empty when there is none.</summary>
    public ReadOnlySpan<byte> PrimaryKey => _primaryKey;

    /// <summary>Opens a session, and the core where it is not open.</summary>
    public async ValueTask<Core> OpenAsync(CoreKey key, CoreAlias? alias, CoreOptions coreOptions, CancellationToken cancellationToken, bool onlyToServe = false)
    {
        while (true)
        {
            Task closing;
            Core? session;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, typeof(Corestore));
                (session, closing) = TryOpen(key, alias, coreOptions, onlyToServe);
            }

            if (session is not null)
            {
                await session.State.AdoptAsync(coreOptions).ConfigureAwait(false);
                return session;
            }

            await closing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public StoreReplication Replicate(Mux mux, bool ownsMux)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(Corestore));
            var connection = new StoreReplication(this, mux, ownsMux);
            _ = _connections.Add(connection);
            foreach (var (_, replicator) in _open.Values) _ = connection.Cores.Attach(replicator);
            return connection;
        }
    }

    /// <summary>Opens a stored core because a remote asked for it; null when it is not stored.</summary>
    public async ValueTask<Core?> OpenToServeAsync(DiscoveryKey discoveryKey)
    {
        if (Storage.TryOpenCore(discoveryKey) is not { } stored) return null;
        return await OpenAsync(stored.ReadAuth().Key, null, CoreOptions.Default with { Wait = false }, CancellationToken.None, onlyToServe: true).ConfigureAwait(false);
    }

    public async ValueTask<bool> PurgeAsync(DiscoveryKey discoveryKey)
    {
        while (true)
        {
            CoreState? state;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isClosed, typeof(Corestore));
                state = _open.TryGetValue(discoveryKey, out var core) ? core.State : null;
            }

            if (state is null && await TryPurgeAsync(discoveryKey, Storage.PurgeCore).ConfigureAwait(false) is { } purged) return purged;
            if (state is null)
            {
                await Task.Yield();
                continue;
            }

            await state.CloseAsync().ConfigureAwait(false);
            lock (_gate)
            {
                if (_open.TryGetValue(discoveryKey, out var core) && core.State == state) _ = _open.Remove(discoveryKey);
            }
        }
    }

    /// <summary>Removes a core that is not open, without giving its space back yet; false when it is open, or gone.</summary>
    public async ValueTask<bool> TryRemoveAsync(DiscoveryKey discoveryKey) => await TryPurgeAsync(discoveryKey, Storage.DeleteCore).ConfigureAwait(false) ?? false;

    /// <summary>Checks a core that is not open, and repairs it where asked; null when it is open, or not stored.</summary>
    public async ValueTask<CoreCheck?> TryCheckAsync(DiscoveryKey discoveryKey, bool repair, CancellationToken cancellationToken)
    {
        CoreCheck? check = null;
        _ = await TryUseAloneAsync(discoveryKey, async () =>
        {
            if (Storage.TryOpenCore(discoveryKey) is not { } core) return false;
            check = await new CoreChecker(core).RunAsync(repair, cancellationToken).ConfigureAwait(false);
            return true;
        }).ConfigureAwait(false);
        return check;
    }

    private Task<bool?> TryPurgeAsync(DiscoveryKey discoveryKey, Func<DiscoveryKey, bool> remove) => TryUseAloneAsync(discoveryKey, () => Task.FromResult(remove(discoveryKey)));

    // Whoever opens it meanwhile waits, and then makes it anew. Null when somebody was faster.
    private async Task<bool?> TryUseAloneAsync(DiscoveryKey discoveryKey, Func<Task<bool>> use)
    {
        Task<bool> purging;
        lock (_gate)
        {
            if (_open.ContainsKey(discoveryKey) || _purging.ContainsKey(discoveryKey)) return null;
            purging = Task.Run(use);
            _purging.Add(discoveryKey, purging);
        }

        try
        {
            return await purging.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _ = _purging.Remove(discoveryKey);
        }
    }

    private (Core? Session, Task Closing) TryOpen(CoreKey key, CoreAlias? alias, CoreOptions coreOptions, bool onlyToServe)
    {
        var discoveryKey = key.ToDiscoveryKey();
        if (_purging.TryGetValue(discoveryKey, out var purging)) return (null, purging);
        if (!_open.TryGetValue(discoveryKey, out var core))
        {
            core = Open(key, alias, coreOptions, onlyToServe);
            _open.Add(discoveryKey, core);
        }

        if (!core.State.TryOpenSession(coreOptions, out var session)) return (null, core.State.Closed);
        if (!onlyToServe) core.Replicator.IsDownloading = true;
        return (session, core.State.Closed);
    }

    public void Forget(StoreReplication connection)
    {
        lock (_gate) _ = _connections.Remove(connection);
    }

    public async ValueTask DisposeAsync()
    {
        StoreReplication[] connections;
        CoreState[] cores;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            connections = [.. _connections];
            cores = [.. _open.Values.Select(core => core.State)];
        }

        foreach (var connection in connections) await connection.DisposeAsync().ConfigureAwait(false);
        foreach (var core in cores) await core.CloseAsync().ConfigureAwait(false);
        await Storage.DisposeAsync().ConfigureAwait(false);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(_primaryKey);
    }

    private (CoreState State, Replicator Replicator) Open(CoreKey key, CoreAlias? alias, CoreOptions coreOptions, bool onlyToServe)
    {
        Replicator? replicator = null;
        var state = CoreState.Open(
            Storage,
            new CoreIdentity { Key = key, Alias = alias },
            coreOptions,
            core => replicator = new Replicator(core, Options.Replication, Options.Clock, Options.Random, Options.Logger));
        replicator!.IsDownloading = !onlyToServe;
        foreach (var connection in _connections) _ = connection.Cores.Attach(replicator);
        _ = ForgetWhenClosedAsync(state);
        return (state, replicator);
    }

    private async Task ForgetWhenClosedAsync(CoreState state)
    {
        await state.Closed.ConfigureAwait(false);
        lock (_gate)
        {
            if (_open.TryGetValue(state.DiscoveryKey, out var known) && known.State == state) _ = _open.Remove(state.DiscoveryKey);
        }
    }
}
