using Nashi.Encoding;
using Nashi.Hypercore;
using Bee = Nashi.Hyperbee.Hyperbee;

namespace Nashi.Hyperdrive.Drives;

/// <summary>What all views of one drive share: its cores. The blobs core of a stranger's drive is opened once the header is here.</summary>
internal sealed class DriveState(Corestore store, Core core, DriveOptions options) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private Hyperblobs? _blobs;

    public Core Core => core;

    public SemaphoreSlim WriteLock { get; } = new(1, 1);

    public DriveOptions Options => options;

    public Hyperblobs? Blobs => Volatile.Read(ref _blobs);

    public async ValueTask<Hyperblobs?> GetBlobsAsync(Bee bee, bool wait, CancellationToken cancellationToken)
    {
        if (Blobs is { } open) return open;
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Blobs is { } opened) return opened;
            if (await OpenBlobsAsync(bee, wait, cancellationToken).ConfigureAwait(false) is not { } blobsCore) return null;
            Volatile.Write(ref _blobs, new Hyperblobs(blobsCore, new HyperblobsOptions { Wait = options.Wait, Timeout = options.Timeout, MaxInMemory = options.MaxInMemory }));
            return Blobs;
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Blobs is { } blobs) await blobs.Core.DisposeAsync().ConfigureAwait(false);
        await core.DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<Core?> OpenBlobsAsync(Bee bee, bool wait, CancellationToken cancellationToken)
    {
        // A new drive of ours has no header yet; its manifest tells all.
        if (core is { IsWritable: true, Length: 0 }) return await DeriveAsync(cancellationToken).ConfigureAwait(false);

        var header = await (wait ? bee : bee.WithoutWaiting()).GetHeaderAsync(cancellationToken).ConfigureAwait(false);
        if (header is null) return null;
        if (header.Metadata?.ContentFeed is not { } feed) return await DeriveAsync(cancellationToken).ConfigureAwait(false);
        if (feed.Length < 32) throw DriveException.NoBlobs();
        return await store.GetAsync(new CoreKey(new Bytes32(feed.Span[..32])), CoreOptions(), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<Core?> DeriveAsync(CancellationToken cancellationToken)
    {
        if (core.Manifest is not { } manifest || BlobsManifest.Derive(manifest, core.Key) is not { } derived) throw DriveException.NoBlobs();
        var settings = CoreOptions() with { Manifest = derived, KeyPair = core.IsWritable ? core.KeyPair : null };
        return await store.GetAsync(derived.ToKey(), settings, cancellationToken).ConfigureAwait(false);
    }

    private CoreOptions CoreOptions() => new() { EncryptionKey = options.EncryptionKey };
}
