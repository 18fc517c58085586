namespace Nashi.Hyperdrive;

/// <summary>How a drive is opened.</summary>
public sealed record DriveOptions
{
    /// <summary>The defaults.</summary>
    public static DriveOptions Default { get; } = new();

    /// <summary>Encrypts both cores with this key of 32 bytes. Default: none.</summary>
    public ReadOnlyMemory<byte>? EncryptionKey { get; init; }

    /// <summary>Whether reads wait for peers when something is not here. Default: true.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How long a read waits for one block of a file. Default: until it is cancelled.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;

    /// <summary>The largest file that is read into memory at once. Default: 1 GiB.</summary>
    public ulong MaxInMemory { get; init; } = 1UL << 30;
}
