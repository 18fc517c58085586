using Nashi.Encoding;

namespace Nashi.Hyperdrive.Blobs;

/// <summary>The one writer of a blobs core, until disposed.</summary>
internal sealed class BlobSession(Hyperblobs blobs, SemaphoreSlim writeLock) : IAsyncDisposable
{
    private readonly BlobAppender _appender = new(blobs.Core);

    public ValueTask<BlobId> PutAsync(ReadOnlyMemory<byte> blob, BlobWriteOptions? options, CancellationToken cancellationToken)
        => PutAsync(blobs.Split(blob), options, cancellationToken);

    public async ValueTask<BlobId> PutAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, BlobWriteOptions? options, CancellationToken cancellationToken)
    {
        options ??= BlobWriteOptions.Default;
        Dictionary<Bytes32, BlobBlock>? known = null;
        if (options is { Dedup: true, Previous: { } previous })
        {
            // The earlier version may still be waiting in this very group.
            if (previous.BlockEnd > blobs.Core.Length) await _appender.FlushAsync(cancellationToken).ConfigureAwait(false);
            known = await blobs.HashBlocksAsync(previous, cancellationToken).ConfigureAwait(false);
        }

        var writer = new BlobWriter(_appender, options, known);
        await foreach (var chunk in chunks.WithCancellation(cancellationToken).ConfigureAwait(false)) await writer.WriteAsync(chunk, cancellationToken).ConfigureAwait(false);
        return await writer.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken) => _appender.FlushAsync(cancellationToken);

    public ValueTask DisposeAsync()
    {
        writeLock.Release();
        return ValueTask.CompletedTask;
    }
}
