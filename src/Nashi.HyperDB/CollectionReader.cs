using Nashi.Hyperbee;

namespace Nashi.HyperDB;

/// <summary>Reads one collection of a database.</summary>
/// <param name="view">The database.</param>
/// <param name="definition">The collection.</param>
public sealed class CollectionReader<TRecord, TKey>(DatabaseView view, CollectionDefinition<TRecord, TKey> definition)
    where TRecord : class
    where TKey : struct
{
    /// <summary>How the collection is stored.</summary>
    public CollectionDefinition<TRecord, TKey> Definition => definition;

    /// <summary>Reads the record with a key, which must be whole; <see langword="null"/> when there is none.</summary>
    public ValueTask<TRecord?> GetAsync(TKey key, CancellationToken cancellationToken = default)
        => view.GetAsync(definition, KeyBounds.Whole(definition.Name, definition.Id, definition.WriteKey, key), cancellationToken);

    /// <summary>Reads records in the order of their keys.</summary>
    public IAsyncEnumerable<TRecord> FindAsync(KeyRange<TKey>? range = null, CancellationToken cancellationToken = default)
        => view.FindAsync(definition, KeyBounds.Of(definition.Id, definition.WriteKey, range ?? new KeyRange<TKey>()), cancellationToken);

    /// <summary>The first record of a range.</summary>
    public ValueTask<TRecord?> FirstAsync(KeyRange<TKey>? range = null, CancellationToken cancellationToken = default)
        => FindAsync((range ?? new KeyRange<TKey>()) with { Limit = 1 }, cancellationToken).FirstOrDefaultAsync(cancellationToken);

    /// <summary>What happened to the records, block by block of the log.</summary>
    public IAsyncEnumerable<RecordChange<TRecord, TKey>> ChangesAsync(BeeHistoryRange? range = null, CancellationToken cancellationToken = default)
        => view.ChangesAsync(definition, range, cancellationToken);
}
