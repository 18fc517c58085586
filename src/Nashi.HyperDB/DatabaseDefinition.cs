namespace Nashi.HyperDB;

/// <summary>A database as its schema declares it. Generated code makes it.</summary>
/// <param name="schemaVersion">The version of the schema of the records.</param>
/// <param name="databaseVersion">The version of the collections and indexes; 0 for a database without versions.</param>
/// <param name="collections">All collections.</param>
public sealed class DatabaseDefinition(ulong schemaVersion, ulong databaseVersion, IReadOnlyList<KeyedDefinition> collections)
{
    /// <summary>The version of the schema of the records.</summary>
    public ulong SchemaVersion => schemaVersion;

    /// <summary>The version of the collections and indexes.</summary>
    public ulong DatabaseVersion => databaseVersion;

    /// <summary>All collections.</summary>
    public IReadOnlyList<KeyedDefinition> Collections => collections;
}
