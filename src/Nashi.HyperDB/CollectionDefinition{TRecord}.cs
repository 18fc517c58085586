namespace Nashi.HyperDB;

/// <summary>How a collection is stored, whatever its keys are made of. Generated code makes it.</summary>
public abstract class CollectionDefinition<TRecord> : KeyedDefinition
    where TRecord : class
{
    /// <summary>The indexes that are kept up to date, in the order of the schema.</summary>
    public required IReadOnlyList<IndexDefinition<TRecord>> Indexes { get; init; }

    /// <summary>The key of a record.</summary>
    public required Func<TRecord, byte[]> KeyOf { get; init; }

    /// <summary>Writes what of a record is not in its key.</summary>
    public required Hyperschema.SchemaWrite<TRecord> WriteValue { get; init; }

    /// <summary>Puts a record together from key and value.</summary>
    public required ReadRecord<TRecord> ReadRecord { get; init; }

    /// <summary>Whether the schema runs JavaScript when a record changes, so that only JavaScript may write.</summary>
    public bool HasTrigger { get; init; }

    /// <summary>The version a record says of itself, where it has a field for it.</summary>
    public Func<TRecord, ulong>? VersionOf { get; init; }

    /// <summary>A record that says a version of itself.</summary>
    public Func<TRecord, ulong, TRecord>? WithVersion { get; init; }
}
