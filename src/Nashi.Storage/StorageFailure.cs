namespace Nashi.Storage;

/// <summary>Why a store failed.</summary>
public enum StorageFailure
{
    /// <summary>The disk reported an error.</summary>
    InputOutput,

    /// <summary>The disk is full.</summary>
    DiskFull,

    /// <summary>The store or the disk is read-only.</summary>
    ReadOnly,

    /// <summary>Another process has the store open.</summary>
    InUse,

    /// <summary>The store was moved, copied or made on another device.</summary>
    DeviceFile,

    /// <summary>What is stored is damaged.</summary>
    Corrupt,

    /// <summary>The store was written by a newer version, or its layout is unknown.</summary>
    Unsupported,

    /// <summary>There is no store.</summary>
    NotFound,

    /// <summary>What was asked contradicts what is stored.</summary>
    Conflict,

    /// <summary>The store is suspended: its files are closed until it is resumed.</summary>
    Suspended,
}
