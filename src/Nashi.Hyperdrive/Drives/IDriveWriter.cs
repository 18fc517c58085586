namespace Nashi.Hyperdrive;

/// <summary>What files can be written to.</summary>
public interface IDriveWriter
{
    /// <summary>Writes a file.</summary>
    ValueTask PutAsync(string path, ReadOnlyMemory<byte> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Writes a file from chunks.</summary>
    ValueTask PutAsync(string path, IAsyncEnumerable<ReadOnlyMemory<byte>> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default);

    /// <summary>Makes a link.</summary>
    ValueTask SymlinkAsync(string path, string target, CancellationToken cancellationToken = default);

    /// <summary>Removes a file or a link; <see langword="false"/> when there is none.</summary>
    ValueTask<bool> DeleteAsync(string path, CancellationToken cancellationToken = default);
}
