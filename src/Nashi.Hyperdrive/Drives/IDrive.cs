namespace Nashi.Hyperdrive;

/// <summary>Files by path: a drive on cores, or a folder on disk.</summary>
public interface IDrive : IDriveWriter
{
    /// <summary>Whether files keep metadata.</summary>
    bool SupportsMetadata { get; }

    /// <summary>Whether this may be written.</summary>
    bool IsWritable { get; }

    /// <summary>Finds a file or a link.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="follow">Whether a link is followed to what it points at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<DriveEntry?> GetEntryAsync(string path, bool follow = false, CancellationToken cancellationToken = default);

    /// <summary>Lists files and links below a folder, in the order of their paths.</summary>
    IAsyncEnumerable<DriveEntry> ListAsync(string folder = "/", DriveListOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>The names in a folder: files, links and folders.</summary>
    IAsyncEnumerable<string> ReadDirectoryAsync(string folder = "/", CancellationToken cancellationToken = default);

    /// <summary>Reads a file's content, or a part of it, in chunks.</summary>
    IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(DriveEntry entry, ByteRange range = default, CancellationToken cancellationToken = default);

    /// <summary>Reads a whole file into memory; <see langword="null"/> when there is none.</summary>
    ValueTask<byte[]?> GetAsync(string path, bool follow = false, CancellationToken cancellationToken = default);

    /// <summary>The size of a file's content.</summary>
    ValueTask<ulong> GetByteLengthAsync(DriveEntry entry, CancellationToken cancellationToken = default);
}
