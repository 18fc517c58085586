using Nashi.Hypercore;

namespace Nashi.Chat.Rooms;

/// <summary>A file of a message as a stream: fetches what is not here ahead of the reader, and opens it chunk by chunk.</summary>
internal sealed class SealedFileStream(Func<Task<Core>> open, Attachment file, ulong offset) : Stream
{
    private CoreDownload? _download;
    private ulong _position = offset;
    private ReadOnlyMemory<byte> _rest;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => (long)file.Size;

    public override long Position
    {
        get => (long)_position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= file.Size || buffer.IsEmpty) return 0;
        if (_rest.IsEmpty) _rest = await NextAsync(cancellationToken).ConfigureAwait(false);
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest[..count].CopyTo(buffer);
        _rest = _rest[count..];
        _position += (ulong)count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read it asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _download?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask<ReadOnlyMemory<byte>> NextAsync(CancellationToken cancellationToken)
    {
        if (!FileCipher.IsPlausible(file)) throw Damaged();
        var core = await open().ConfigureAwait(false);
        var index = _position / FileCipher.ChunkSize;
        _download ??= core.Download(file.Blob.BlockOffset + index, file.Blob.BlockEnd, linear: true);
        var block = await core.GetAsync(file.Blob.BlockOffset + index, CoreGetOptions.Default, cancellationToken).ConfigureAwait(false);
        var expected = Math.Min(FileCipher.ChunkSize, file.Size - (index * FileCipher.ChunkSize));
        if (FileCipher.Open(block, index, file.Key) is not { } chunk || (ulong)chunk.Length != expected) throw Damaged();
        return chunk.AsMemory((int)(_position % FileCipher.ChunkSize));
    }

    private ChatException Damaged() => new("DAMAGED", $"The file '{file.Name}' is not what its sender said.");
}
