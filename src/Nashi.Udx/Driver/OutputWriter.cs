using System.Buffers;
using System.IO.Pipelines;

namespace Nashi.Udx.Driver;

/// <summary>A stream's writing side as a <see cref="PipeWriter"/>: gathers into one buffer, handed over when flushed.</summary>
internal sealed class OutputWriter(UdxStream stream) : PipeWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _buffer.WrittenCount;

    public override void Advance(int bytes) => _buffer.Advance(bytes);

    public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        if (exception is null) stream.EndOutput(_buffer.WrittenMemory);
        else stream.Abort();
    }

    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        if (!_completed && exception is null) _ = await FlushAsync().ConfigureAwait(false);
        Complete(exception);
    }

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_buffer.WrittenCount > 0) await stream.WriteAsync(_buffer.WrittenMemory, cancellationToken).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
        return new FlushResult(isCanceled: false, isCompleted: stream.Closed.IsCompleted);
    }
}
