using Nashi.Hyperdrive;

namespace Nashi.Gateway;

/// <summary>A file of a drive as a stream that can be sought in: what lies before the place that is read is not fetched.</summary>
internal sealed class EntryStream(Drive drive, DriveEntry entry, long length) : Stream
{
    private CancellationTokenSource? _life;
    private IAsyncEnumerator<ReadOnlyMemory<byte>>? _source;
    private Task<bool>? _next;
    private ReadOnlyMemory<byte> _rest;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set
        {
            if (value == _position) return;
            _position = value;
            _rest = default;
            _ = DropAsync();
        }
    }

    /// <summary>Waits until there are bytes to read at the present place, or it is the end.</summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        while (_rest.IsEmpty && _position < length)
        {
            _life ??= new CancellationTokenSource();
            _source ??= drive.ReadAsync(entry, new ByteRange((ulong)_position), _life.Token).GetAsyncEnumerator(_life.Token);
            _next ??= _source.MoveNextAsync().AsTask();
            if (!await _next.WaitAsync(cancellationToken).ConfigureAwait(false)) return;
            _next = null;
            _rest = _source.Current;
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        await FillAsync(cancellationToken).ConfigureAwait(false);
        var taken = Math.Min(buffer.Length, _rest.Length);
        _rest[..taken].CopyTo(buffer);
        _rest = _rest[taken..];
        _position += taken;
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await DropAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task DropAsync()
    {
        var (source, next, life) = (_source, _next, _life);
        (_source, _next, _life) = (null, null, null);
        if (source is null) return;
        await life!.CancelAsync().ConfigureAwait(false);
        if (next is not null) await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await source.DisposeAsync().ConfigureAwait(false);
        life.Dispose();
    }
}
