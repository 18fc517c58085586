using Nashi.Autobase.Engine;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Protomux;
using Nashi.SecretStream;

namespace Nashi.Autobase;

/// <summary>Many writers, one order: each appends to a core of its own, and all peers derive the same views from all of them.</summary>
/// <remarks>
/// The order of values changes until enough indexers have seen each other's nodes; from then on it is final, and the views' beginnings are signed. Compatible with
/// npm <c>autobase</c> 7. Replicate the store it lives in. Thread-safe.
/// </remarks>
public sealed class Autobase : IAsyncDisposable
{
    private readonly BaseEngine _engine;

    private Autobase(BaseEngine engine)
    {
        _engine = engine;
        engine.Updated += () => Updated?.Invoke();
        engine.FastForwarded += (from, to) => FastForwarded?.Invoke(from, to);
    }

    /// <summary>Raised after values were applied or became final. Handlers run on the base's pump: do not wait in them.</summary>
    public event Action? Updated;

    /// <summary>Raised after a signed state was taken over from others: the system's length before and after. <see cref="Updated"/> follows. Handlers run on the base's pump.</summary>
    public event Action<ulong, ulong>? FastForwarded;

    /// <summary>The base: the key of its first writer's core.</summary>
    public CoreKey Key => _engine.Key;

    /// <summary>What the base is found by.</summary>
    public DiscoveryKey DiscoveryKey => Key.ToDiscoveryKey();

    /// <summary>The key of the local writer's core: what another writer adds to let this one in.</summary>
    public CoreKey LocalKey => _engine.Local.Key;

    /// <summary>What an encrypted base is read with; null when it is not encrypted. Secret.</summary>
    public ReadOnlyMemory<byte>? EncryptionKey => _engine.EncryptionKey;

    /// <summary>Whether the local writer is one of the base's.</summary>
    public bool IsWritable => _engine.IsWritable;

    /// <summary>Whether the local writer is an indexer.</summary>
    public bool IsIndexer => _engine.IsIndexer;

    /// <summary>The system: the log of who writes and of what was applied.</summary>
    public AutobaseView System => _engine.SystemLog;

    /// <summary>How much of the system is final.</summary>
    public ulong IndexedLength => _engine.IndexedLength;

    /// <summary>How much of the system is signed by a quorum of indexers.</summary>
    public ulong SignedLength => _engine.SystemLog.SignedLength;

    /// <summary>What stopped the base; null while it runs.</summary>
    public Exception? Failure => _engine.Failure;

    /// <summary>The writers whose cores are open.</summary>
    internal IReadOnlyList<CoreKey> OpenWriters => _engine.OpenWriters;

    /// <summary>Opens a base that lives in a store.</summary>
    /// <param name="store">The store; one base to a namespace.</param>
    /// <param name="key">The base to join; null opens the store's own, and makes it the first time.</param>
    /// <param name="handler">What its values mean.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Gives up opening.</param>
    public static async ValueTask<Autobase> OpenAsync(Corestore store, CoreKey? key, IAutobaseHandler handler, AutobaseOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(handler);
        return new(await BaseEngine.OpenAsync(store, key, handler, options ?? AutobaseOptions.Default, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Appends a value; ends when it is applied and stored. Returns the new length of the local writer's core.</summary>
    /// <exception cref="AutobaseException">The local writer is none of the base's.</exception>
    public Task<ulong> AppendAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default) => AppendAsync([value], cancellationToken);

    /// <summary>Appends values as one batch: applied together, in one place of the order.</summary>
    /// <exception cref="AutobaseException">The local writer is none of the base's.</exception>
    public Task<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0) throw new ArgumentException("Give at least one value.", nameof(values));
        foreach (var value in values) RequireValue(value);
        return _engine.AppendAsync(new AppendRequest([.. values.Select(value => value.ToArray())], IsOptimistic: false)).WaitAsync(cancellationToken);
    }

    /// <summary>Appends a value that may be applied although the local writer is none of the base's: the application decides.</summary>
    public Task<ulong> AppendOptimisticAsync(ReadOnlyMemory<byte> value, CancellationToken cancellationToken = default)
    {
        RequireValue(value);
        return _engine.AppendAsync(new AppendRequest([value.ToArray()], IsOptimistic: true)).WaitAsync(cancellationToken);
    }

    /// <summary>Replicates the base over a connection of its own: all cores of its store, and word of which writers have news. Owns the stream.</summary>
    public AutobaseReplication Replicate(IMessageStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var mux = new Mux(stream, null, _engine.Options.Logger);
        var replication = new AutobaseReplication(mux, _engine.Store.Replicate(mux));
        AttachTo(mux);
        mux.Start();
        return replication;
    }

    /// <summary>Tells and hears of writers with news on a connection that other protocols share. Replicate the store on it too; call before <see cref="Mux.Start"/>. Idempotent.</summary>
    public void AttachTo(Mux mux)
    {
        ArgumentNullException.ThrowIfNull(mux);
        _engine.AttachTo(mux);
    }

    /// <summary>Takes in everything that is here; ends when it is applied.</summary>
    public Task UpdateAsync(CancellationToken cancellationToken = default) => _engine.UpdateAsync().WaitAsync(cancellationToken);

    /// <summary>Acknowledges what others wrote, if that brings a decision nearer. Indexers do it by themselves after a while.</summary>
    /// <returns>Whether a node was appended.</returns>
    public Task<bool> AckAsync(CancellationToken cancellationToken = default) => _engine.AckAsync().WaitAsync(cancellationToken);

    /// <summary>Takes over the newest state that a quorum of indexers signed and a peer can give, however little that saves: a way out for views that are damaged.</summary>
    /// <returns>Whether the system's length changed.</returns>
    public Task<bool> FastForwardAsync(CancellationToken cancellationToken = default) => _engine.FastForwardAsync().WaitAsync(cancellationToken);

    /// <summary>Tells of a core that may have values for this base although it is no writer's yet, such as one with optimistic values.</summary>
    public void Hint(CoreKey writer) => _engine.Hint(writer);

    /// <summary>Closes it. The store stays open.</summary>
    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    // The format can not tell an empty value from none, and none only acknowledges.
    private static void RequireValue(ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty) throw new ArgumentException("A value has at least one byte.", nameof(value));
    }
}
