namespace Nashi.Hyperdrive.Blobs;

/// <summary>Chunks, read as a stream.</summary>
internal sealed class ChunkStream(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks) : Stream
{
    private readonly CancellationTokenSource _closed = new();
    private IAsyncEnumerator<ReadOnlyMemory<byte>>? _source;
    private ReadOnlyMemory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        _source ??= chunks.GetAsyncEnumerator(_closed.Token);
        while (_rest.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _source.MoveNextAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false)) return 0;
            _rest = _source.Current;
        }

        var taken = Math.Min(buffer.Length, _rest.Length);
        _rest[..taken].CopyTo(buffer);
        _rest = _rest[taken..];
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
        => throw new NotSupportedException("Blocks may have to come from peers: read asynchronously.");

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        if (_source is not null) await _source.DisposeAsync().ConfigureAwait(false);
        _source = null;
        _closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }
}
