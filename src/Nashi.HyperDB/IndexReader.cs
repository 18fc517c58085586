namespace Nashi.HyperDB;

/// <summary>Finds records by an index.</summary>
/// <param name="view">The database, or a transaction.</param>
/// <param name="collection">The collection of the records.</param>
/// <param name="definition">The index.</param>
public sealed class IndexReader<TRecord, TKey>(DatabaseView view, CollectionDefinition<TRecord> collection, IndexDefinition<TRecord, TKey> definition)
    where TRecord : class
    where TKey : struct
{
    /// <summary>How the index is stored.</summary>
    public IndexDefinition<TRecord, TKey> Definition => definition;

    /// <summary>Reads the record that a whole key leads to: of a unique index its values, otherwise also the record's key.</summary>
    public ValueTask<TRecord?> GetAsync(TKey key, CancellationToken cancellationToken = default)
        => view.GetByIndexAsync(collection, KeyBounds.Whole(definition.Name, definition.Id, definition.WriteKey, key), cancellationToken);

    /// <summary>Reads records in the order of the index.</summary>
    public IAsyncEnumerable<TRecord> FindAsync(KeyRange<TKey>? range = null, CancellationToken cancellationToken = default)
        => view.FindByIndexAsync(collection, KeyBounds.Of(definition.Id, definition.WriteKey, range ?? new KeyRange<TKey>()), cancellationToken);

    /// <summary>The first record of a range.</summary>
    public ValueTask<TRecord?> FirstAsync(KeyRange<TKey>? range = null, CancellationToken cancellationToken = default)
        => FindAsync((range ?? new KeyRange<TKey>()) with { Limit = 1 }, cancellationToken).FirstOrDefaultAsync(cancellationToken);
}
