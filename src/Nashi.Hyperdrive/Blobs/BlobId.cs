namespace Nashi.Hyperdrive;

/// <summary>Where a blob is in its core. With <see cref="IsMapped"/> it is where the blob's block map is, and the sizes are those of the map.</summary>
/// <param name="BlockOffset">The first block.</param>
/// <param name="BlockLength">How many blocks.</param>
/// <param name="ByteOffset">How many bytes of content the core has before the first block.</param>
/// <param name="ByteLength">How many bytes the blocks have together.</param>
/// <param name="IsMapped">Whether the blocks hold a map of the blob's blocks rather than the blob itself.</param>
public readonly record struct BlobId(ulong BlockOffset, ulong BlockLength, ulong ByteOffset, ulong ByteLength, bool IsMapped = false)
{
    /// <summary>One past the last block.</summary>
    public ulong BlockEnd => BlockOffset + BlockLength;
}
