namespace Nashi.HyperDB;

/// <summary>How a database is read and written.</summary>
public sealed record HyperDatabaseOptions
{
    /// <summary>The defaults.</summary>
    public static HyperDatabaseOptions Default { get; } = new();

    /// <summary>Write records as this version of the schema, for readers that have no newer one. Default: the newest.</summary>
    public ulong? SchemaVersion { get; init; }

    /// <summary>Write as this version of the database, for readers that have no newer one. Default: the newest.</summary>
    public ulong? DatabaseVersion { get; init; }

    /// <summary>What mapped indexes are given beside the record. Default: nothing.</summary>
    public object? Context { get; init; }

    /// <summary>How many records an index read fetches ahead. Default: 16; at least 1.</summary>
    public int ReadAhead { get; init; } = 16;
}
