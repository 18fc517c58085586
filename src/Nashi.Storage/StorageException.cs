namespace Nashi.Storage;

/// <summary>A store could not be opened, read or written.</summary>
public sealed class StorageException : NashiException
{
    /// <summary>Says what failed at which path.</summary>
    public StorageException(StorageFailure failure, string message, Exception? inner = null)
        : base(CodeOf(failure), message, inner) => Failure = failure;

    /// <summary>What kind of failure it is.</summary>
    public StorageFailure Failure { get; }

    /// <inheritdoc />
    public override bool IsTransient => Failure is StorageFailure.DiskFull or StorageFailure.InUse or StorageFailure.Suspended;

    internal static StorageException Damaged(string what) => new(StorageFailure.Corrupt, $"The store is damaged: {what} cannot be read.");

    private static string CodeOf(StorageFailure failure) => failure switch
    {
        StorageFailure.DeviceFile => "DEVICE_FILE",
        StorageFailure.InUse => "ELOCKED",
        StorageFailure.DiskFull => "ENOSPC",
        StorageFailure.ReadOnly => "EROFS",
        StorageFailure.Corrupt => "STORAGE_CORRUPT",
        StorageFailure.Unsupported => "STORAGE_UNSUPPORTED",
        StorageFailure.NotFound => "ENOENT",
        StorageFailure.Conflict => "STORAGE_CONFLICT",
        StorageFailure.Suspended => "STORAGE_SUSPENDED",
        _ => "WRITE_FAILED",
    };
}
