namespace Nashi.Hyperdrive;

/// <summary>A blob could not be read: its id or its map does not fit its core.</summary>
public sealed class BlobException : NashiException
{
    private BlobException(string code, string message)
        : base(code, message)
    {
    }

    internal static BlobException OutOfRange(BlobId id, ulong length)
        => new("BLOB_OUT_OF_RANGE", $"The blob at block {id.BlockOffset} with {id.BlockLength} blocks is not inside its core of {length} blocks.");

    internal static BlobException BadMap(string what)
        => new("BAD_BLOCK_MAP", $"The blob's block map is not valid: {what}.");

    internal static BlobException WrongSize(ulong promised, ulong found)
        => new("BLOB_SIZE_MISMATCH", $"The blob should have {promised} bytes, but its blocks have {found}.");

    internal static BlobException TooLarge(ulong size, ulong limit)
        => new("BLOB_TOO_LARGE", $"The blob has {size} bytes, more than the {limit} that are read into memory at once. Read it as a stream.");
}
