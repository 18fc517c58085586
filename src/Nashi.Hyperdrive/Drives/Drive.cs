using System.Diagnostics;
using System.Runtime.CompilerServices;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hyperdrive.Drives;
using Nashi.Hypercore;
using Bee = Nashi.Hyperbee.Hyperbee;

namespace Nashi.Hyperdrive;

/// <summary>A folder tree on two cores, byte for byte the reference's Hyperdrive: a tree of entries, and the blobs they point at.</summary>
/// <remarks>
/// Each change makes a version; <see cref="Checkout"/> reads any of them. A drive by a stranger's key can be used at once: reads wait until what they need
/// was replicated. May be used from many threads. Checkouts share the cores of the drive they come from and need not be disposed.
/// </remarks>
[DebuggerDisplay("drive {Key}, version {Version}")]
public sealed partial class Drive : IDrive, IAsyncDisposable
{
    private const int MaxLinks = 16;

    private readonly DriveState _state;
    private readonly Bee _bee;
    private readonly Bee _files;
    private readonly bool _isOwner;

    private Drive(DriveState state, Bee bee, bool isOwner)
    {
        _state = state;
        _bee = bee;
        _files = bee.Sub("files");
        _isOwner = isOwner;
    }

    /// <summary>The drive's key: that of its tree of entries.</summary>
    public CoreKey Key => _state.Core.Key;

    /// <summary>Where peers of the drive meet.</summary>
    public DiscoveryKey DiscoveryKey => _state.Core.DiscoveryKey;

    /// <summary>The core with the tree of entries.</summary>
    public Core Core => _state.Core;

    /// <summary>The tree of entries, with the keys beside the files (such as <c>manifest</c> and <c>release</c>).</summary>
    public Bee Db => _bee;

    /// <summary>The blobs, once they are known; see <see cref="GetBlobsAsync"/>.</summary>
    public Hyperblobs? Blobs => _state.Blobs;

    /// <summary>The version: the length of the tree's core that is read.</summary>
    public ulong Version => _bee.Version;

    /// <inheritdoc/>
    public bool IsWritable => _bee.IsWritable;

    /// <inheritdoc/>
    public bool SupportsMetadata => true;

    internal Bee Files => _files;

    internal SemaphoreSlim WriteLock => _state.WriteLock;

    /// <summary>The key of the blobs core that belongs to a drive's core; <see langword="null"/> for a drive from before manifests, or when the manifest is not here yet.</summary>
    public static CoreKey? GetContentKey(Core core) => core.Manifest is { } manifest ? BlobsManifest.Derive(manifest, core.Key)?.ToKey() : null;

    /// <summary>Opens the drive with a key, or, without one, the store's own drive, which is made when it is new. The store stays the caller's.</summary>
    public static async ValueTask<Drive> OpenAsync(Corestore store, CoreKey? key = null, DriveOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= DriveOptions.Default;
        var settings = new CoreOptions { EncryptionKey = options.EncryptionKey };
        var core = key is { } known
            ? await store.GetAsync(known, settings, cancellationToken).ConfigureAwait(false)
            : await store.GetAsync("db", settings, cancellationToken).ConfigureAwait(false);
        var state = new DriveState(store, core, options);
        try
        {
            var bee = new Bee(core, new HyperbeeOptions { Metadata = new BeeMetadata(null), Wait = options.Wait });
            await state.GetBlobsAsync(bee, wait: false, cancellationToken).ConfigureAwait(false);
            return new Drive(state, bee, isOwner: true);
        }
        catch
        {
            await state.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The blobs of the drive; waits for the header of a drive that is not here yet.</summary>
    public async ValueTask<Hyperblobs> GetBlobsAsync(CancellationToken cancellationToken = default)
        => await _state.GetBlobsAsync(_bee, _state.Options.Wait, cancellationToken).ConfigureAwait(false) ?? throw DriveException.NoBlobs();

    /// <summary>Looks for a newer version at peers; <see langword="true"/> when there is one.</summary>
    public ValueTask<bool> UpdateAsync(bool wait = false, CancellationToken cancellationToken = default) => _state.Core.UpdateAsync(wait, cancellationToken);

    /// <summary>The drive as it was at a version. Read-only.</summary>
    public Drive Checkout(ulong version) => new(_state, _bee.Checkout(version), isOwner: false);

    /// <summary>The drive as it is now, whatever is written later. Read-only.</summary>
    public Drive Snapshot() => Checkout(Version);

    /// <summary>Many changes that become one version by <see cref="DriveBatch.FlushAsync"/>.</summary>
    /// <param name="keepVersions">Whether each change is a version of its own nevertheless.</param>
    public DriveBatch Batch(bool keepVersions = false) => new(this, keepVersions);

    /// <inheritdoc/>
    public async ValueTask<DriveEntry?> GetEntryAsync(string path, bool follow = false, CancellationToken cancellationToken = default)
    {
        var name = DrivePath.File(path);
        for (var links = 0; links <= MaxLinks; links++)
        {
            var found = await _files.GetAsync(name, cancellationToken).ConfigureAwait(false);
            if (found is null) return null;
            var entry = Decode(found);
            if (!follow || !entry.IsLink) return entry;
            name = DrivePath.File(DrivePath.Resolve(Parent(name), entry.LinkName!));
        }

        throw DriveException.TooManyLinks(path);
    }

    /// <summary>Whether there is a file or a link.</summary>
    public async ValueTask<bool> ExistsAsync(string path, CancellationToken cancellationToken = default)
        => await GetEntryAsync(path, follow: false, cancellationToken).ConfigureAwait(false) is not null;

    /// <inheritdoc/>
    public async ValueTask<byte[]?> GetAsync(string path, bool follow = false, CancellationToken cancellationToken = default)
    {
        var entry = await GetEntryAsync(path, follow, cancellationToken).ConfigureAwait(false);
        if (entry?.Blob is not { } blob) return null;
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        return await blobs.GetAsync(blob, ByteRange.All, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(DriveEntry entry, ByteRange range = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (entry.Blob is not { } blob) yield break;
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var chunk in blobs.ReadAsync(blob, range, cancellationToken).ConfigureAwait(false)) yield return chunk;
    }

    /// <summary>Reads a file, or a part of it, as a stream.</summary>
    /// <exception cref="DriveException">There is no such file.</exception>
    public async ValueTask<Stream> OpenReadAsync(string path, ByteRange range = default, CancellationToken cancellationToken = default)
    {
        var entry = await GetEntryAsync(path, follow: true, cancellationToken).ConfigureAwait(false) ?? throw DriveException.NoFile(path);
        return new Blobs.ChunkStream(ReadAsync(entry, range, CancellationToken.None));
    }

    /// <inheritdoc/>
    public async ValueTask<ulong> GetByteLengthAsync(DriveEntry entry, CancellationToken cancellationToken = default)
    {
        if (entry.Blob is not { } blob) return 0;
        if (!blob.IsMapped) return blob.ByteLength;
        var blobs = await GetBlobsAsync(cancellationToken).ConfigureAwait(false);
        return await blobs.GetByteLengthAsync(blob, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the use of the drive's cores; the store stays open. Does nothing for a checkout.</summary>
    public ValueTask DisposeAsync() => _isOwner ? _state.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>The drive's key and version.</summary>
    public override string ToString() => $"drive {Key} (version {Version})";

    internal static DriveEntry Decode(BeeEntry found)
    {
        var path = found.KeyText;
        return found.Value is { } value && DriveEntryCodec.TryDecode(path, found.Seq, value, out var entry) ? entry : throw DriveException.BadEntry(path);
    }

    private static string Parent(string path) => path.LastIndexOf('/') is > 0 and var at ? path[..at] : "/";
}
