namespace Nashi.Hypercore.State;

/// <summary>A part of a core's bytes, as a stream. One reader at a time.</summary>
internal sealed class CoreByteStream(Core core, long offset, long length) : Stream
{
    private readonly ReadAhead _ahead = new(core, CoreReadOptions.Default);
    private byte[] _block = [];
    private ulong _index;
    private int _at;
    private bool _isPlaced;
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
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (value == _position) return;
            (_position, _isPlaced) = (value, false);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _position >= length) return 0;
        if (!_isPlaced) await PlaceAsync(cancellationToken).ConfigureAwait(false);
        while (_at == _block.Length) await LoadAsync(_index + 1, 0, cancellationToken).ConfigureAwait(false);
        var count = (int)Math.Min(Math.Min(buffer.Length, _block.Length - _at), length - _position);
        _block.AsSpan(_at, count).CopyTo(buffer.Span);
        _at += count;
        _position += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Blocks may have to be downloaded: use ReadAsync.");

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException("A core is appended to.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("A core is appended to.");

    protected override void Dispose(bool disposing)
    {
        if (disposing) _ahead.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask PlaceAsync(CancellationToken cancellationToken)
    {
        if (await core.SeekAsync((ulong)(offset + _position), cancellationToken).ConfigureAwait(false) is not { } place)
        {
            throw new BlockNotAvailableException(core.Key, $"Byte {offset + _position} of core {core.Key} can not be located: connect to a peer that has its tree.");
        }

        await LoadAsync(place.Block, (int)place.Offset, cancellationToken).ConfigureAwait(false);
        _isPlaced = true;
    }

    private async ValueTask LoadAsync(ulong index, int at, CancellationToken cancellationToken)
    {
        _ahead.MoveTo(index);
        _block = await core.GetAsync(index, null, cancellationToken).ConfigureAwait(false);
        (_index, _at) = (index, at);
    }
}
