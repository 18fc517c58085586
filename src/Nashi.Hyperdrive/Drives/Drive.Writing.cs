using System.Text.Json;

namespace Nashi.Hyperdrive;

/// <content>Writing.</content>
public sealed partial class Drive
{
    /// <inheritdoc/>
    public async ValueTask PutAsync(string path, ReadOnlyMemory<byte> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        await batch.PutAsync(path, content, options, cancellationToken).ConfigureAwait(false);
        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(string path, IAsyncEnumerable<ReadOnlyMemory<byte>> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        await batch.PutAsync(path, content, options, cancellationToken).ConfigureAwait(false);
        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a file from a stream.</summary>
    public ValueTask PutAsync(string path, Stream content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
        => PutAsync(path, Nashi.Hyperdrive.Blobs.StreamChunks.ReadChunksAsync(content, 65_536, cancellationToken), options, cancellationToken);

    /// <summary>Writes an entry for content that is in the blobs core already.</summary>
    public async ValueTask PutEntryAsync(string path, BlobId? blob, bool isExecutable = false, string? linkName = null, JsonElement? metadata = null, CancellationToken cancellationToken = default)
    {
        var batch = Batch();
        await using var _ = batch.ConfigureAwait(false);
        await batch.PutEntryAsync(path, blob, isExecutable, linkName, metadata, cancellationToken).ConfigureAwait(false);
        await batch.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask SymlinkAsync(string path, string target, CancellationToken cancellationToken = default)
        => await PutEntryAsync(path, null, linkName: target, cancellationToken: cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public ValueTask<bool> DeleteAsync(string path, CancellationToken cancellationToken = default) => _files.DeleteAsync(DrivePath.File(path), null, cancellationToken);

    /// <summary>Removes a file's content from this machine; the file stays in the drive.</summary>
    public async ValueTask ClearAsync(string path, CancellationToken cancellationToken = default)
    {
        var found = await _files.WithoutWaiting().GetAsync(DrivePath.File(path), cancellationToken).ConfigureAwait(false);
        if (found is not null && _state.Blobs is { } blobs && Decode(found).Blob is { } blob) await blobs.ClearAsync(blob, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes all content from this machine; the files stay in the drive.</summary>
    public async ValueTask ClearAllAsync(CancellationToken cancellationToken = default)
    {
        if (_state.Blobs is { } blobs && blobs.Core.Length > 0) await blobs.Core.ClearAsync(0, blobs.Core.Length, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Goes back to an older version for good: everything after it is gone, here and at peers.</summary>
    public async ValueTask TruncateAsync(ulong version, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, _state.Core.Length);
        if (!IsWritable) throw DriveException.ReadOnly();
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        var kept = await Checkout(version).GetBlobsLengthAsync(cancellationToken).ConfigureAwait(false);
        await _state.Core.TruncateAsync(version, cancellationToken: cancellationToken).ConfigureAwait(false);
        await blobs.Core.TruncateAsync(kept, cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
