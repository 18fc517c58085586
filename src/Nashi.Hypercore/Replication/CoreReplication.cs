using Nashi.Encoding;
using Nashi.Protomux;
using Nashi.SecretStream;

namespace Nashi.Hypercore.Replication;

/// <summary>The cores that are shared over one connection. Thread-safe.</summary>
/// <remarks>
/// One per <see cref="Nashi.Protomux.Mux"/>; makes itself the mux's answer to channels of the protocol. A core stays attached when its channel closes:
/// either side may open it again. Ends with the connection, which it does not own.
/// </remarks>
public sealed class CoreReplication : IDisposable
{
    internal const string Protocol = "hypercore/alpha";
    internal const string Alias = "hypercore";

    private readonly Lock _gate = new();
    private readonly Dictionary<DiscoveryKey, Replicator> _attached = [];
    private bool _isDisposed;

    /// <summary>Makes ready for replication. Call before <see cref="Mux.Start"/>, so that no open of the remote is missed.</summary>
    /// <param name="mux">The connection.</param>
    /// <param name="remoteOpening">
    /// Called when the remote opens a core that is not attached; may attach it (and open it before) until its task completes. Called on the connection's pump, which goes on meanwhile.
    /// A remote can name any key, and many: bound what you do for it.
    /// </param>
    public CoreReplication(Mux mux, Func<DiscoveryKey, ValueTask>? remoteOpening = null)
    {
        ArgumentNullException.ThrowIfNull(mux);
        Mux = mux;
        RemoteOpening = remoteOpening;
        mux.Pair(Protocol, null, AnswerAsync);
        mux.Pair(Alias, null, AnswerAsync);
        _ = mux.Closed.ContinueWith(static (_, state) => ((CoreReplication)state!).Dispose(), this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>The connection.</summary>
    public Mux Mux { get; }

    private Func<DiscoveryKey, ValueTask>? RemoteOpening { get; }

    /// <summary>Whether a core is shared.</summary>
    public bool IsAttached(DiscoveryKey discoveryKey)
    {
        lock (_gate) return _attached.ContainsKey(discoveryKey);
    }

    /// <summary>Shares a core of a store that is not replicated as a whole. False when it is shared already, is not of a store, or the connection ended.</summary>
    public bool Share(Core core)
    {
        ArgumentNullException.ThrowIfNull(core);
        return core.State.Replicator is Replicator replicator && Attach(replicator);
    }

    /// <summary>Stops sharing a core; the connection stays. False when it was not shared.</summary>
    public bool Unshare(Core core)
    {
        ArgumentNullException.ThrowIfNull(core);
        return core.State.Replicator is Replicator replicator && Detach(replicator);
    }

    /// <summary>What the peer said that it holds of a core; null while it does not replicate it with us.</summary>
    public RemoteHolding? GetRemote(DiscoveryKey core) => Find(core)?.GetRemote(this);

    /// <summary>Whether the peer said that it holds a block.</summary>
    public bool RemoteHas(DiscoveryKey core, ulong index) => Find(core)?.RemoteHas(this, index) ?? false;

    /// <summary>Stops sharing all cores. Idempotent; the connection stays.</summary>
    public void Dispose()
    {
        Replicator[] all;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            all = [.. _attached.Values];
            _attached.Clear();
        }

        Mux.Unpair(Protocol, null);
        Mux.Unpair(Alias, null);
        foreach (var replicator in all) replicator.RemoveConnection(this);
    }

    /// <summary>Shares a core and opens its channel. False when it is shared already or the connection ended.</summary>
    internal bool Attach(Replicator replicator)
    {
        lock (_gate)
        {
            if (_isDisposed || !_attached.TryAdd(replicator.DiscoveryKey, replicator)) return false;
        }

        if (replicator.AddConnection(this)) return true;
        Forget(replicator);
        return false;
    }

    /// <summary>Stops sharing a core and closes its channel.</summary>
    internal bool Detach(Replicator replicator)
    {
        if (!Forget(replicator)) return false;
        replicator.RemoveConnection(this);
        return true;
    }

    internal bool Forget(Replicator replicator)
    {
        lock (_gate) return _attached.TryGetValue(replicator.DiscoveryKey, out var known) && known == replicator && _attached.Remove(replicator.DiscoveryKey);
    }

    private async ValueTask AnswerAsync(ReadOnlyMemory<byte>? id)
    {
        if (id is not { Length: Bytes32.Size } bytes) return;
        var key = new DiscoveryKey(bytes.Span);
        var replicator = Find(key);
        if (replicator is null)
        {
            if (RemoteOpening is null) return;
            await RemoteOpening(key).ConfigureAwait(false);
            return;
        }

        replicator.OpenChannel(this);
    }

    private Replicator? Find(DiscoveryKey key)
    {
        lock (_gate) return _attached.GetValueOrDefault(key);
    }
}
