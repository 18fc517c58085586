using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nashi.Hyperbee;
using Nashi.Hyperschema;

namespace Nashi.HyperDB;

/// <summary>A database as it is read: its newest version, a snapshot, or what a transaction sees.</summary>
/// <remarks>
/// Generated code puts a typed face on it. Usable from many threads. A record that cannot be decoded fails the read that meets it with
/// <c>DECODING_ERROR</c>; an index entry that leads to no record is passed over.
/// </remarks>
[DebuggerDisplay("version {Version}")]
public abstract class DatabaseView
{
    private protected DatabaseView(DatabaseDefinition definition, HyperDatabaseOptions options)
    {
        Definition = definition;
        Options = options;
        SchemaVersion = options.SchemaVersion ?? definition.SchemaVersion;
        DatabaseVersion = options.DatabaseVersion ?? definition.DatabaseVersion;
    }

    /// <summary>The collections of the database.</summary>
    public DatabaseDefinition Definition { get; }

    /// <summary>The version of the tree that is read.</summary>
    public ulong Version => Tree.Version;

    internal HyperDatabaseOptions Options { get; }

    internal ulong SchemaVersion { get; }

    internal ulong DatabaseVersion { get; }

    /// <summary>The tree at the version that is read.</summary>
    internal abstract Hyperbee.Hyperbee Tree { get; }

    private protected virtual Updates? Pending => null;

    /// <summary>The database as it is now, whatever is written later.</summary>
    public DatabaseView Snapshot() => new DatabaseSnapshot(Tree, Definition, Options);

    /// <summary>The database as it was at a version of the tree.</summary>
    public DatabaseView Checkout(ulong version) => new DatabaseSnapshot(Tree.Checkout(version), Definition, Options);

    /// <summary>Begins to write.</summary>
    /// <param name="context">What mapped indexes are given; otherwise that of the options.</param>
    /// <exception cref="HyperDBException">This is a snapshot.</exception>
    public virtual WriteTransaction Transaction(object? context = null) => throw HyperDBException.ReadOnly();

    /// <summary>Begins to write when all transactions begun this way have ended.</summary>
    /// <exception cref="HyperDBException">This is a snapshot.</exception>
    public virtual ValueTask<WriteTransaction> ExclusiveTransactionAsync(object? context = null, CancellationToken cancellationToken = default) => throw HyperDBException.ReadOnly();

    /// <summary>Gives a snapshot each time the tree changed. Ends when cancelled.</summary>
    public async IAsyncEnumerable<DatabaseView> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (current, _) in Watched.WatchAsync(null, cancellationToken).ConfigureAwait(false)) yield return new DatabaseSnapshot(current, Definition, Options);
    }

    private protected virtual Hyperbee.Hyperbee Watched => Tree;

    /// <summary>Reads the record with a key.</summary>
    internal ValueTask<TRecord?> GetAsync<TRecord>(CollectionDefinition<TRecord> collection, byte[] key, CancellationToken cancellationToken)
        where TRecord : class
        => GetAsync(Tree, collection, key, cancellationToken);

    /// <summary>Reads the record that a whole index key leads to.</summary>
    internal async ValueTask<TRecord?> GetByIndexAsync<TRecord>(CollectionDefinition<TRecord> collection, byte[] indexKey, CancellationToken cancellationToken)
        where TRecord : class
    {
        var tree = Tree;
        byte[]? found = null;
        if (Pending?.TryGetIndex(indexKey, out found) != true) found = (await tree.GetAsync(indexKey, cancellationToken).ConfigureAwait(false))?.Value?.ToArray();
        return found is null ? null : await GetAsync(tree, collection, found, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the records of a range of keys.</summary>
    internal async IAsyncEnumerable<TRecord> FindAsync<TRecord>(CollectionDefinition<TRecord> collection, BeeRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRecord : class
    {
        var entries = MergedAsync(Tree, range, Pending?.Records(range) ?? [], cancellationToken);
        await foreach (var (key, value) in entries.ConfigureAwait(false)) yield return Decode(collection, key, value);
    }

    /// <summary>Reads the records that a range of index keys leads to, several ahead.</summary>
    internal async IAsyncEnumerable<TRecord> FindByIndexAsync<TRecord>(CollectionDefinition<TRecord> collection, BeeRange range, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRecord : class
    {
        var (tree, left) = (Tree, range.Limit);
        var ahead = new Queue<Task<TRecord?>>();
        var window = (int)Math.Clamp(left, 1, Math.Max(1, Options.ReadAhead));
        // A record may be gone, so the limit counts what was found.
        var entries = MergedAsync(tree, range with { Limit = long.MaxValue }, Pending?.IndexKeys(range) ?? [], cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var entriesClosing = entries.ConfigureAwait(false);
        for (var more = true; left > 0 && (more || ahead.Count > 0);)
        {
            while (more && ahead.Count < window && (more = await entries.MoveNextAsync().ConfigureAwait(false)))
                ahead.Enqueue(GetAsync(tree, collection, entries.Current.Value.ToArray(), cancellationToken).AsTask());
            if (!ahead.TryDequeue(out var next) || await next.ConfigureAwait(false) is not { } record) continue;
            left--;
            yield return record;
        }
    }

    /// <summary>What happened to the records of a collection, block by block.</summary>
    internal async IAsyncEnumerable<RecordChange<TRecord, TKey>> ChangesAsync<TRecord, TKey>(
        CollectionDefinition<TRecord, TKey> collection,
        BeeHistoryRange? range,
        [EnumeratorCancellation] CancellationToken cancellationToken)
        where TRecord : class
        where TKey : struct
    {
        range ??= BeeHistoryRange.All;
        var left = range.Limit;
        var prefix = new IndexKeyWriter(collection.Id).ToArray();
        await foreach (var change in Tree.HistoryAsync(range with { Limit = long.MaxValue }, cancellationToken).ConfigureAwait(false))
        {
            if (left <= 0) yield break;
            if (!change.Entry.Key.Span.StartsWith(prefix)) continue;
            left--;
            yield return Change(collection, change);
        }
    }

    internal TRecord Decode<TRecord>(CollectionDefinition<TRecord> collection, byte[] key, ReadOnlyMemory<byte> value)
        where TRecord : class
        => TryDecode(collection, SchemaVersion, key, value.Span, out var record, out _) ? record! : throw HyperDBException.Malformed(collection.Name);

    /// <summary>Puts a record together off a stranger's bytes. Never throws.</summary>
    internal static bool TryDecode<TRecord>(CollectionDefinition<TRecord> collection, ulong schemaVersion, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, out TRecord? record, out ulong version)
        where TRecord : class
    {
        var keyReader = new IndexKeyReader(key, collection.Id);
        var reader = new SchemaReader(value, schemaVersion);
        version = 0;
        if (collection.Version > 0 && collection.VersionOf is null)
        {
            // The first number is the kind of record; there is one kind.
            if (reader.ReadUInt() != 0) reader.Fail();
            version = reader.ReadUInt();
        }

        record = collection.ReadRecord(ref keyReader, ref reader);
        if (keyReader.Failed || reader.Failed) return false;
        if (collection.VersionOf is { } versionOf) version = versionOf(record);
        return true;
    }

    private RecordChange<TRecord, TKey> Change<TRecord, TKey>(CollectionDefinition<TRecord, TKey> collection, BeeChange change)
        where TRecord : class
        where TKey : struct
    {
        var entry = change.Entry;
        var reader = new IndexKeyReader(entry.Key.Span, collection.Id);
        var key = collection.ReadKey(ref reader);
        if (reader.Failed) throw HyperDBException.Malformed(collection.Name);
        return change.Kind == BeeChangeKind.Delete
            ? new RecordChange<TRecord, TKey>(RecordChangeKind.Delete, entry.Seq, key, null)
            : new RecordChange<TRecord, TKey>(RecordChangeKind.Insert, entry.Seq, key, Decode(collection, entry.Key.ToArray(), entry.Value.GetValueOrDefault()));
    }

    // One read looks at one version of the tree throughout.
    private async ValueTask<TRecord?> GetAsync<TRecord>(Hyperbee.Hyperbee tree, CollectionDefinition<TRecord> collection, byte[] key, CancellationToken cancellationToken)
        where TRecord : class
    {
        byte[]? pending = null;
        if (Pending?.TryGet(key, out pending) == true) return pending is null ? null : Decode(collection, key, pending);
        var entry = await tree.GetAsync(key, cancellationToken).ConfigureAwait(false);
        return entry is null ? null : Decode(collection, key, entry.Value.GetValueOrDefault());
    }

    // What is stored and what is pending, in one order; of a key that is in both, what is pending.
    private static async IAsyncEnumerable<(byte[] Key, ReadOnlyMemory<byte> Value)> MergedAsync(
        Hyperbee.Hyperbee tree,
        BeeRange range,
        List<IndexUpdate> pending,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (left, at) = (range.Limit, 0);
        var stored = tree.RangeAsync(pending.Count > 0 ? range with { Limit = long.MaxValue } : range, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using var storedClosing = stored.ConfigureAwait(false);
        for (var more = left > 0 && await stored.MoveNextAsync().ConfigureAwait(false); left > 0 && (more || at < pending.Count);)
        {
            var order = !more ? 1 : at == pending.Count ? -1 : stored.Current.Key.Span.SequenceCompareTo(pending[at].Key) * (range.Reverse ? -1 : 1);
            (byte[] Key, ReadOnlyMemory<byte>? Value) next = order < 0
                ? (stored.Current.Key.ToArray(), stored.Current.Value.GetValueOrDefault())
                : (pending[at].Key, pending[at].Value is { } value ? value : default(ReadOnlyMemory<byte>?));
            if (order >= 0) at++;
            if (order <= 0) more = await stored.MoveNextAsync().ConfigureAwait(false);
            if (next.Value is not { } bytes) continue;
            left--;
            yield return (next.Key, bytes);
        }
    }
}
