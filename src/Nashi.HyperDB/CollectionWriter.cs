namespace Nashi.HyperDB;

/// <summary>Reads and writes one collection in a transaction. Reads see what the transaction wrote.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="definition">The collection.</param>
public sealed class CollectionWriter<TRecord, TKey>(WriteTransaction transaction, CollectionDefinition<TRecord, TKey> definition)
    where TRecord : class
    where TKey : struct
{
    private readonly CollectionReader<TRecord, TKey> _reader = new(transaction, definition);

    /// <summary>Sets a record: inserts it, or replaces the one with its key. Writing what is stored already writes nothing.</summary>
    public ValueTask InsertAsync(TRecord record, CancellationToken cancellationToken = default) => transaction.InsertAsync(definition, record, cancellationToken);

    /// <summary>Deletes the record with a key, which must be whole; nothing happens when there is none.</summary>
    public ValueTask DeleteAsync(TKey key, CancellationToken cancellationToken = default)
        => transaction.DeleteAsync(definition, KeyBounds.Whole(definition.Name, definition.Id, definition.WriteKey, key), cancellationToken);

    /// <inheritdoc cref="CollectionReader{TRecord, TKey}.GetAsync"/>
    public ValueTask<TRecord?> GetAsync(TKey key, CancellationToken cancellationToken = default) => _reader.GetAsync(key, cancellationToken);

    /// <inheritdoc cref="CollectionReader{TRecord, TKey}.FindAsync"/>
    public IAsyncEnumerable<TRecord> FindAsync(KeyRange<TKey>? range = null, CancellationToken cancellationToken = default) => _reader.FindAsync(range, cancellationToken);

    /// <inheritdoc cref="CollectionReader{TRecord, TKey}.FirstAsync"/>
    public ValueTask<TRecord?> FirstAsync(KeyRange<TKey>? range = null, CancellationToken cancellationToken = default) => _reader.FirstAsync(range, cancellationToken);
}
