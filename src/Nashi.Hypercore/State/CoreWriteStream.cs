namespace Nashi.Hypercore.State;

/// <summary>Appends what is written to it, cut into blocks. One writer at a time.</summary>
/// <remarks>While one group of blocks is being stored the next is filled; when that is full too, a write waits.</remarks>
internal sealed class CoreWriteStream(Core core, CoreWriteOptions options) : Stream
{
    private List<ReadOnlyMemory<byte>> _full = [];
    private byte[]? _block;
    private int _used;
    private long _waiting;
    private long _written;
    private Task _storing = Task.CompletedTask;
    private bool _isClosed;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_isClosed;

    public override long Length => _written;

    public override long Position
    {
        get => _written;
        set => throw new NotSupportedException("A core is appended to.");
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _block ??= GC.AllocateUninitializedArray<byte>(options.BlockSize);
            var count = Math.Min(buffer.Length, _block.Length - _used);
            buffer[..count].CopyTo(_block.AsMemory(_used));
            buffer = buffer[count..];
            _used += count;
            _written += count;
            if (_used == _block.Length) EndBlock();
            if (_waiting >= options.MaxWaiting) await StoreAsync().ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_used > 0) EndBlock();
        await StoreAsync().ConfigureAwait(false);
        await StoredAsync().ConfigureAwait(false);
    }

    public override async ValueTask DisposeAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        try
        {
            await FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            await base.DisposeAsync().ConfigureAwait(false);
        }
    }

    public override void Flush() => throw new NotSupportedException("Storing waits for the disk: use FlushAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Storing waits for the disk: use WriteAsync.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("This stream is written to.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("A core is appended to.");

    public override void SetLength(long value) => throw new NotSupportedException("A core is appended to.");

    private void EndBlock()
    {
        _full.Add(_block.AsMemory(0, _used));
        _waiting += _used;
        (_block, _used) = (null, 0);
    }

    private async ValueTask StoreAsync()
    {
        if (_full.Count == 0) return;
        await StoredAsync().ConfigureAwait(false);
        var blocks = _full;
        (_full, _waiting) = ([], 0);
        _storing = core.AppendAsync(blocks).AsTask();
    }

    private async ValueTask StoredAsync()
    {
        var storing = _storing;
        _storing = Task.CompletedTask;
        await storing.ConfigureAwait(false);
    }
}
