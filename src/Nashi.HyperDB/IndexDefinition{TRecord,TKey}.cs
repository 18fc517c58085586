namespace Nashi.HyperDB;

/// <summary>How an index is stored. Generated code makes it.</summary>
public sealed class IndexDefinition<TRecord, TKey> : IndexDefinition<TRecord>
    where TRecord : class
    where TKey : struct
{
    /// <summary>Writes the values of a key up to the first that is missing; false when one is.</summary>
    public required Func<IndexKeyWriter, TKey, bool> WriteKey { get; init; }
}
