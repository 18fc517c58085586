using System.Text.Json;
using Nashi.Hyperbee;
using Nashi.Hyperdrive.Blobs;
using Nashi.Hyperdrive.Drives;

namespace Nashi.Hyperdrive;

/// <summary>Many changes of a drive that are appended together: first their content, then their entries.</summary>
/// <remarks>
/// From the first change until <see cref="FlushAsync"/> or disposal no one else can write to the drive. Content that was appended for a batch that is never
/// flushed stays in the blobs core unused. Used by one caller at a time.
/// </remarks>
public sealed class DriveBatch : IDriveWriter, IAsyncDisposable
{
    private readonly Drive _drive;
    private readonly BeeBatch _entries;
    private BlobSession? _blobs;
    private bool _locked;

    internal DriveBatch(Drive drive, bool keepVersions)
    {
        _drive = drive;
        _entries = drive.Files.Batch(keepVersions);
    }

    /// <summary>How many changes wait for the flush.</summary>
    public int Count => _entries.Count;

    /// <summary>Finds an entry, with the batch's own changes.</summary>
    public async ValueTask<DriveEntry?> GetEntryAsync(string path, CancellationToken cancellationToken = default)
        => await _entries.GetAsync(DrivePath.File(path), cancellationToken).ConfigureAwait(false) is { } found ? Drive.Decode(found) : null;

    /// <inheritdoc/>
    public async ValueTask PutAsync(string path, ReadOnlyMemory<byte> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        var blobs = await BlobsAsync(cancellationToken).ConfigureAwait(false);
        var id = await blobs.PutAsync(content, await HowAsync(path, options, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await PutAsync(path, id, options, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask PutAsync(string path, IAsyncEnumerable<ReadOnlyMemory<byte>> content, DriveFileOptions? options = null, CancellationToken cancellationToken = default)
    {
        var blobs = await BlobsAsync(cancellationToken).ConfigureAwait(false);
        var id = await blobs.PutAsync(content, await HowAsync(path, options, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await PutAsync(path, id, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes an entry for content that is in the blobs core already.</summary>
    public async ValueTask PutEntryAsync(string path, BlobId? blob, bool isExecutable = false, string? linkName = null, JsonElement? metadata = null, CancellationToken cancellationToken = default)
    {
        await LockAsync(cancellationToken).ConfigureAwait(false);
        await _entries.PutAsync(Key(path), DriveEntryCodec.Encode(isExecutable, linkName, blob, metadata), null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask SymlinkAsync(string path, string target, CancellationToken cancellationToken = default)
        => PutEntryAsync(path, null, linkName: target, cancellationToken: cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> DeleteAsync(string path, CancellationToken cancellationToken = default)
    {
        await LockAsync(cancellationToken).ConfigureAwait(false);
        return await _entries.DeleteAsync(Key(path), null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Appends everything: content first, so that no entry ever points at what is not there.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (_blobs is not null) await _blobs.FlushAsync(cancellationToken).ConfigureAwait(false);
            await _entries.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await UnlockAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Drops what was not flushed.</summary>
    public async ValueTask DisposeAsync()
    {
        await _entries.DisposeAsync().ConfigureAwait(false);
        await UnlockAsync().ConfigureAwait(false);
    }

    private static byte[] Key(string path) => System.Text.Encoding.UTF8.GetBytes(DrivePath.File(path));

    private async ValueTask PutAsync(string path, BlobId id, DriveFileOptions? options, CancellationToken cancellationToken)
        => await PutEntryAsync(path, id, options?.IsExecutable == true, null, options?.Metadata, cancellationToken).ConfigureAwait(false);

    private async ValueTask<BlobSession> BlobsAsync(CancellationToken cancellationToken)
    {
        if (_blobs is not null) return _blobs;
        await LockAsync(cancellationToken).ConfigureAwait(false);
        var blobs = await _drive.GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        return _blobs = await blobs.LockAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<BlobWriteOptions?> HowAsync(string path, DriveFileOptions? options, CancellationToken cancellationToken)
    {
        if (options is not { Dedup: true }) return null;
        var previous = await GetEntryAsync(path, cancellationToken).ConfigureAwait(false);
        return new BlobWriteOptions { Dedup = true, ChunkByContent = true, Previous = previous?.Blob };
    }

    // Taken before the locks of the two cores, which batches would otherwise take in either order.
    private async ValueTask LockAsync(CancellationToken cancellationToken)
    {
        if (_locked) return;
        if (!_drive.IsWritable) throw DriveException.ReadOnly();
        await _drive.WriteLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        _locked = true;
    }

    private async ValueTask UnlockAsync()
    {
        if (_blobs is not null) await _blobs.DisposeAsync().ConfigureAwait(false);
        _blobs = null;
        if (_locked) _drive.WriteLock.Release();
        _locked = false;
    }
}
