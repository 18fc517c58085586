namespace Nashi.Storage.Kv;

/// <summary>What is asked of a <see cref="JournalStore"/>.</summary>
public enum JournalCall
{
    /// <summary>A key or a range is read.</summary>
    Read,

    /// <summary>A batch is written.</summary>
    Write,

    /// <summary>What was written is synced.</summary>
    Sync,
}
