namespace Nashi.HyperDB;

/// <summary>How an index is stored, whatever its keys are made of. Generated code makes it.</summary>
public abstract class IndexDefinition<TRecord> : KeyedDefinition
    where TRecord : class
{
    /// <summary>The keys a record is found by; the second argument is the transaction's context.</summary>
    public required Func<TRecord, object?, IReadOnlyList<byte[]>> KeysOf { get; init; }

    /// <summary>Whether a key leads to one record only. The last one that was written wins.</summary>
    public bool IsUnique { get; init; }

    /// <summary>Whether it is no longer kept up to date.</summary>
    public bool IsDeprecated { get; init; }
}
