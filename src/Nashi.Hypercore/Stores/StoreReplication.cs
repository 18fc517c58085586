using Nashi.Encoding;
using Nashi.Hypercore.Replication;
using Nashi.Protomux;
using Nashi.SecretStream;

namespace Nashi.Hypercore;

/// <summary>A store's replication over one connection.</summary>
public sealed class StoreReplication : IAsyncDisposable
{
    private readonly StoreCores _store;
    private readonly bool _ownsMux;
    private readonly Lock _gate = new();
    private readonly Dictionary<DiscoveryKey, Core?> _served = [];
    private bool _isDisposed;

    internal StoreReplication(StoreCores store, Mux mux, bool ownsMux)
    {
        _store = store;
        _ownsMux = ownsMux;
        Mux = mux;
        Cores = new CoreReplication(mux, ServeAsync);
        _ = DisposeWhenClosedAsync();
    }

    /// <summary>The connection.</summary>
    public Mux Mux { get; }

    /// <summary>Completes when the connection ended.</summary>
    public Task<CloseReason> Closed => Mux.Closed;

    internal CoreReplication Cores { get; }

    /// <summary>What the peer said that it holds of a core; null while it does not replicate it with us.</summary>
    public RemoteHolding? GetRemote(DiscoveryKey core) => Cores.GetRemote(core);

    /// <summary>Whether the peer said that it holds a block.</summary>
    public bool RemoteHas(DiscoveryKey core, ulong index) => Cores.RemoteHas(core, index);

    /// <summary>Stops replicating; closes the connection when it was made for this alone. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        Core?[] served;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            served = [.. _served.Values];
            _served.Clear();
        }

        _store.Forget(this);
        Cores.Dispose();
        if (_ownsMux) await Mux.DisposeAsync().ConfigureAwait(false);
        foreach (var core in served)
        {
            if (core is not null) await core.DisposeAsync().ConfigureAwait(false);
        }
    }

    // A stranger may name any key: one that is not stored costs one look-up.
    private async ValueTask ServeAsync(DiscoveryKey key)
    {
        lock (_gate)
        {
            if (_isDisposed || _served.Count >= _store.Options.ServedCoresMax || !_served.TryAdd(key, null)) return;
        }

        Core? core = null;
        try
        {
            core = await _store.OpenToServeAsync(key).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The store is closing.
        }

        if (TryKeep(key, core) || core is null) return;
        await core.DisposeAsync().ConfigureAwait(false);
    }

    private bool TryKeep(DiscoveryKey key, Core? core)
    {
        lock (_gate)
        {
            if (_isDisposed) return false;
            if (core is null) _ = _served.Remove(key);
            else _served[key] = core;
            return core is not null;
        }
    }

    private async Task DisposeWhenClosedAsync()
    {
        _ = await Mux.Closed.ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }
}
