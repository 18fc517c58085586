using Nashi.Hyperschema;

namespace Nashi.HyperDB;

/// <summary>Writes to a database that become visible together, over a snapshot of it. Reads see them before.</summary>
/// <remarks>
/// Optimistic: <see cref="FlushAsync"/> fails with <c>DATABASE_CHANGED</c> when anything was written since the transaction began. Of two writes to one
/// record the one that was asked for later counts. Usable from many threads.
/// </remarks>
public sealed class WriteTransaction : DatabaseView, IAsyncDisposable
{
    private readonly HyperDatabase _database;
    private readonly object? _context;
    private readonly Updates _updates = new();
    private readonly ulong _fork;
    private SemaphoreSlim? _turn;
    private int _writing;
    private int _ended;

    internal WriteTransaction(HyperDatabase database, object? context, SemaphoreSlim? turn)
        : base(database.Definition, database.Options)
    {
        _database = database;
        _context = context ?? database.Options.Context;
        _turn = turn;
        _fork = database.Live.Log.Fork;
        Tree = database.Live.Snapshot();
    }

    /// <summary>How many records would change.</summary>
    public int Count => _updates.Count;

    internal override Hyperbee.Hyperbee Tree { get; }

    private protected override Updates? Pending => _updates;

    /// <summary>Appends all writes as one unit and ends the transaction.</summary>
    /// <exception cref="HyperDBException">The database changed since the transaction began: nothing was written.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfEnded();
        if (Volatile.Read(ref _writing) > 0) throw new InvalidOperationException("A write of this transaction has not finished. Await it before the flush.");
        if (_updates.Count > 0) await CommitAsync(cancellationToken).ConfigureAwait(false);
        End();
    }

    /// <summary>Ends the transaction and drops what was not flushed.</summary>
    public ValueTask DisposeAsync()
    {
        End();
        return ValueTask.CompletedTask;
    }

    internal async ValueTask InsertAsync<TRecord>(CollectionDefinition<TRecord> collection, TRecord record, CancellationToken cancellationToken)
        where TRecord : class
    {
        ArgumentNullException.ThrowIfNull(record);
        var tick = BeginWrite(collection);
        try
        {
            var version = Math.Min(DatabaseVersion, collection.Version);
            if (collection.WithVersion is { } withVersion) record = withVersion(record, version);
            var (key, value) = (collection.KeyOf(record), Encode(collection, record, version));
            var old = await Tree.GetAsync(key, cancellationToken).ConfigureAwait(false);
            if (old is null)
            {
                _updates.Set(new PendingUpdate(tick, collection.Id, key, value, Changes(collection, null, 0, record, key)));
                return;
            }

            var stored = old.Value.GetValueOrDefault();
            var oldRecord = DecodeOld(collection, key, stored, out var oldVersion);
            if (oldVersion == version && stored.Span.SequenceEqual(value)) _updates.Drop(key);
            else _updates.Set(new PendingUpdate(tick, collection.Id, key, value, Changes(collection, oldRecord, oldVersion, record, key)));
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    internal async ValueTask DeleteAsync<TRecord>(CollectionDefinition<TRecord> collection, byte[] key, CancellationToken cancellationToken)
        where TRecord : class
    {
        var tick = BeginWrite(collection);
        try
        {
            if (await Tree.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } old)
            {
                _updates.Drop(key);
                return;
            }

            var oldRecord = DecodeOld(collection, key, old.Value.GetValueOrDefault(), out var oldVersion);
            _updates.Set(new PendingUpdate(tick, collection.Id, key, null, Changes(collection, oldRecord, oldVersion, null, key)));
        }
        finally
        {
            Interlocked.Decrement(ref _writing);
        }
    }

    private long BeginWrite<TRecord>(CollectionDefinition<TRecord> collection)
        where TRecord : class
    {
        ThrowIfEnded();
        if (collection.HasTrigger) throw HyperDBException.Trigger(collection.Name);
        Interlocked.Increment(ref _writing);
        return _updates.NextTick();
    }

    private byte[] Encode<TRecord>(CollectionDefinition<TRecord> collection, TRecord record, ulong version)
        where TRecord : class
    {
        using var writer = new SchemaWriter(SchemaVersion);
        if (collection.Version > 0 && collection.VersionOf is null)
        {
            writer.WriteUInt(0);
            writer.WriteUInt(version);
        }

        collection.WriteValue(writer, record);
        return writer.ToArray();
    }

    private TRecord DecodeOld<TRecord>(CollectionDefinition<TRecord> collection, byte[] key, ReadOnlyMemory<byte> value, out ulong version)
        where TRecord : class
        => TryDecode(collection, SchemaVersion, key, value.Span, out var record, out version) ? record! : throw HyperDBException.Malformed(collection.Name);

    // An index that is younger than the stored record has no key for it yet.
    private List<IndexUpdate> Changes<TRecord>(CollectionDefinition<TRecord> collection, TRecord? old, ulong oldVersion, TRecord? record, byte[] key)
        where TRecord : class
    {
        List<IndexUpdate> changes = [];
        foreach (var index in collection.Indexes)
        {
            var had = old is not null && index.Version <= oldVersion ? index.KeysOf(old, _context) : [];
            IndexKeys.AddChanges(changes, had, record is null ? [] : index.KeysOf(record, _context), key);
        }

        return changes;
    }

    private async ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        var batch = _database.Live.Batch();
        await using var batchClosing = batch.ConfigureAwait(false);
        var isChecked = false;
        foreach (var (key, value) in _updates.Batch())
        {
            if (value is null) await batch.DeleteAsync(key, null, cancellationToken).ConfigureAwait(false);
            else await batch.PutAsync(key, value, null, cancellationToken).ConfigureAwait(false);
            // The first write took the tree's lock: from here on nobody else can write.
            if (!isChecked && (batch.Version - (ulong)batch.Count != Tree.Version || _database.Live.Log.Fork != _fork)) throw HyperDBException.Changed();
            isChecked = true;
        }

        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private void ThrowIfEnded() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _ended) != 0, this);

    private void End()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0) Interlocked.Exchange(ref _turn, null)?.Release();
    }
}
