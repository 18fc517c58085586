using System.Buffers;
using System.Runtime.CompilerServices;

namespace Nashi.Udx;

/// <content>The face of a <see cref="Stream"/>.</content>
public sealed partial class UdxStream
{
    private const string AsyncOnly = "UDX streams are read and written asynchronously: a blocked thread could be the one that the bytes come by.";

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanWrite => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what is there, waiting for the first byte.</summary>
    /// <returns>0 when the remote ended.</returns>
    /// <exception cref="IOException">The stream was reset or timed out.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        try
        {
            var result = await Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var count = (int)Math.Min(result.Buffer.Length, buffer.Length);
            var taken = result.Buffer.Slice(0, count);
            taken.CopyTo(buffer.Span);
            Input.AdvanceTo(taken.End);
            return count;
        }
        catch (UdxException error)
        {
            throw new IOException(error.Message, error);
        }
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends bytes; waits while the send buffer is full.</summary>
    /// <exception cref="IOException">The stream is closed or our side has ended.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            Task full;
            lock (_gate)
            {
                if (_core.CloseReason is { } reason) throw new IOException(reason.Message, new UdxException(reason));
                var taken = _core.Write(buffer.Span);
                Pump(_host.Now());
                buffer = buffer[taken..];
                if (buffer.IsEmpty) return;
                if (_core.IsEnding) throw new IOException("Our side of the stream has ended.");
                _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                full = _drained.Task;
            }

            await full.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc />
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Does nothing: what was written is on its way.</summary>
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException(AsyncOnly);

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException(AsyncOnly);

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Aborts the stream unless both sides have ended.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing) Abort();
        base.Dispose(disposing);
    }
}
