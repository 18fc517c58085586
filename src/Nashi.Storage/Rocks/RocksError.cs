using System.Runtime.InteropServices;

namespace Nashi.Storage.Rocks;

/// <summary>Turns RocksDB's messages into typed failures that say the path and what to do.</summary>
internal static unsafe class RocksError
{
    public static void ThrowIf(byte* error, string path)
    {
        if (error is null) return;
        var text = Marshal.PtrToStringUTF8((nint)error) ?? "unknown error";
        RocksNative.rocksdb_free(error);
        throw Make(text, path);
    }

    public static StorageException Make(string text, string path) => Classify(text.Replace(path, "", StringComparison.Ordinal)) switch
    {
        StorageFailure.DiskFull => new(StorageFailure.DiskFull, $"The disk that holds {path} is full: nothing of this write was applied. Free some space and try again."),
        StorageFailure.InUse => new(StorageFailure.InUse, $"The store {path} is open in another process. Close that one first."),
        StorageFailure.Corrupt => new(StorageFailure.Corrupt, $"The store {path} is damaged: {text}. Restore it from a backup, or fetch what it held from peers again, into a new folder."),
        StorageFailure.ReadOnly => new(StorageFailure.ReadOnly, $"The store {path} cannot be written: {text}"),
        StorageFailure.Unsupported => new(StorageFailure.Unsupported, $"The store {path} was written in a way this build cannot read: {text}"),
        _ => new(StorageFailure.InputOutput, $"The store {path} failed: {text}"),
    };

    // Without the path: folders have all kinds of names.
    private static StorageFailure Classify(string text) => text switch
    {
        _ when Has(text, "No space left") || Has(text, "NoSpace") || Has(text, "quota") => StorageFailure.DiskFull,
        _ when Has(text, "While lock file") || Has(text, "lock hold by") => StorageFailure.InUse,
        _ when Has(text, "Corruption") || Has(text, "checksum mismatch") || Has(text, "No such file") || Has(text, "truncated") => StorageFailure.Corrupt,
        _ when Has(text, "Read-only") || Has(text, "Permission denied") || Has(text, "read only mode") => StorageFailure.ReadOnly,
        _ when Has(text, "not supported") || Has(text, "Not implemented") => StorageFailure.Unsupported,
        _ => StorageFailure.InputOutput,
    };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
