namespace Nashi.HyperDB;

/// <summary>How a collection is stored. Generated code makes it.</summary>
public sealed class CollectionDefinition<TRecord, TKey> : CollectionDefinition<TRecord>
    where TRecord : class
    where TKey : struct
{
    /// <summary>Writes the values of a key up to the first that is missing; false when one is.</summary>
    public required Func<IndexKeyWriter, TKey, bool> WriteKey { get; init; }

    /// <summary>Reads a key.</summary>
    public required ReadKey<TKey> ReadKey { get; init; }
}
