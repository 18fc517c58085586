namespace Nashi.Storage;

/// <summary>How a store is opened.</summary>
public sealed record StorageOptions
{
    /// <summary>The usual way.</summary>
    public static StorageOptions Default { get; } = new();

    /// <summary>Opens the store as it is now, writes nothing and takes no lock, so another process may have it open. Default false.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>
    /// Opens a store that was moved, copied or restored from a backup. Two copies of one store that both write fork their cores for ever: only for a
    /// copy whose original will never be opened again. Default false.
    /// </summary>
    public bool AllowCopy { get; init; }

    /// <summary>
    /// Makes a backup, or a store that was moved, the store of this device, once and for all: it then opens as any other. What peers got from the original after
    /// the copy was made may be missing here, so its cores refuse appends until their length was confirmed. The original must never be opened again. Default false.
    /// </summary>
    public bool Adopt { get; init; }

    /// <summary>Kept in the device file of a new store and compared when an existing one has one; null for none. No line breaks or equals signs.</summary>
    public string? Id { get; init; }

    /// <summary>Dates the device file. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
