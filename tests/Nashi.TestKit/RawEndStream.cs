using System.IO.Pipelines;

namespace Nashi.TestKit;

/// <summary>One end of a <see cref="RawPair"/>.</summary>
public sealed class RawEndStream : Stream, IHalfCloseable, IMessagePort
{
    private readonly Stream _input;
    private readonly PipeWriter _output;
    private readonly PipeReader _reader;
    private RawEndStream? _other;
    private MessageHandler? _handler;

    internal RawEndStream(PipeReader input, PipeWriter output)
    {
        _reader = input;
        _input = input.AsStream();
        _output = output;
    }

    /// <summary>Set when this end was disposed.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>How many writes came.</summary>
    public int Writes { get; private set; }

    public int MaxMessageSize => 1200;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Writes++;
        var result = await _output.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted) throw new IOException("The other end is gone.");
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public ValueTask ShutdownAsync(CancellationToken cancellationToken = default) => _output.CompleteAsync();

    public bool TrySendMessage(ReadOnlySpan<byte> message)
    {
        if (IsDisposed || message.Length > MaxMessageSize) return false;
        _other?._handler?.Invoke(message);
        return true;
    }

    public void SetMessageHandler(MessageHandler? handler) => _handler = handler;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    internal void Join(RawEndStream other) => (_other, other._other) = (other, this);

    protected override void Dispose(bool disposing)
    {
        if (IsDisposed) return;
        IsDisposed = true;
        _output.Complete();
        _reader.CancelPendingRead();
        base.Dispose(disposing);
    }
}
