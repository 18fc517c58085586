using Nashi.Hypercore;
using Nashi.Protomux;
using Nashi.SecretStream;

namespace Nashi.Autobase;

/// <summary>A base's replication over one connection of its own: all cores of its store, and word of which writers have news.</summary>
public sealed class AutobaseReplication : IAsyncDisposable
{
    private readonly StoreReplication _store;

    internal AutobaseReplication(Mux mux, StoreReplication store) => (Mux, _store) = (mux, store);

    /// <summary>The connection.</summary>
    public Mux Mux { get; }

    /// <summary>Completes when the connection ended.</summary>
    public Task<CloseReason> Closed => Mux.Closed;

    /// <summary>Ends the connection. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync().ConfigureAwait(false);
        await Mux.DisposeAsync().ConfigureAwait(false);
    }
}
