using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

/// <summary>Encrypted, authenticated messages over any raw byte stream, wire compatible with the reference.</summary>
/// <remarks>
/// Owns the raw stream. Writing lays messages out at once and sends them from the thread pool; reading is driven by the reader, decrypting where bytes
/// were received, so a slow reader slows the remote. Over a raw stream that is an <see cref="IMessagePort"/> it offers encrypted unordered messages too.
/// Thread-safe, but one read at a time. Source: network.md §4.2, §4.3.
/// </remarks>
public sealed partial class SecretStream : IMessageStream, IMessagePort
{
    private readonly Stream _raw;
    private readonly SecretStreamOptions _options;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly CloseSignal _closed = new();
    private readonly byte[] _hash;
    private readonly SendLane _lane;

    private SecretStream(Stream raw, NoiseResult keys, SecretStreamOptions options, FrameBuffer input)
    {
        _raw = raw;
        _options = options;
        _input = input;
        _hash = keys.Hash.ToArray();
        keys.ReceiveKey.CopyTo(_receiveKey);
        IsInitiator = keys.IsInitiator;
        LocalPublicKey = keys.LocalPublicKey;
        RemotePublicKey = keys.RemotePublicKey;
        _box = new UnorderedBox(_hash, IsInitiator, options.Random);
        _port = raw as IMessagePort;
        _proof = raw as IPathProof;
        _liveness = new Liveness(options, Instant.Now(options.Clock));
        _timer = options.Clock.CreateTimer(static state => ((SecretStream)state!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Span<byte> header = stackalloc byte[StreamHeader.FrameSize];
        var push = StreamHeader.Start(keys, header);
        _lane = new SendLane(this, push, header, options.HighWaterMark);
    }

    /// <inheritdoc />
    public bool IsInitiator { get; }

    /// <inheritdoc />
    public PublicKey LocalPublicKey { get; }

    /// <inheritdoc />
    public PublicKey RemotePublicKey { get; }

    /// <inheritdoc />
    public ReadOnlyMemory<byte> HandshakeHash => _hash;

    /// <inheritdoc />
    public Task<CloseReason> Closed => _closed.Task;

    /// <summary>Bytes received from the raw stream after the handshake.</summary>
    public long RawBytesRead => Volatile.Read(ref _bytesRead);

    /// <summary>Bytes handed to the raw stream after the handshake.</summary>
    public long RawBytesWritten => Volatile.Read(ref _bytesWritten);

    /// <summary>Encrypts a raw stream with keys agreed on elsewhere. Messages may be sent at once; keys may be disposed after.</summary>
    public static SecretStream Open(Stream raw, NoiseResult keys, SecretStreamOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(raw);
        ArgumentNullException.ThrowIfNull(keys);
        return Start(raw, keys, (options ?? SecretStreamOptions.Default).Validate(), new FrameBuffer());
    }

    /// <inheritdoc />
    public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        var length = (long)prefix.Length + body.Length;
        if (length > IMessageStream.MaxMessageSize) throw new ArgumentException($"A message has at most {IMessageStream.MaxMessageSize} bytes.", nameof(body));
        return _lane.Write(prefix, body);
    }

    /// <summary>Queues one message at once, copying it: see <see cref="Write(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>.</summary>
    public bool Write(ReadOnlySpan<byte> message) => Write(default, message);

    /// <inheritdoc />
    public ValueTask WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default)
    {
        if (Write(default, message.Span)) return default;
        if (_lane.IsEnding) return ValueTask.FromException(new MessageStreamClosedException(Reason));
        return DrainAsync(_options.HighWaterMark, cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask FlushAsync(CancellationToken cancellationToken = default) => DrainAsync(0, cancellationToken);

    /// <inheritdoc />
    public async ValueTask EndAsync(CancellationToken cancellationToken = default)
    {
        _lane.End();
        lock (_livenessGate) _liveness.HandleEnded();
        if (!await _lane.WaitForEndAsync(cancellationToken).ConfigureAwait(false)) throw new MessageStreamClosedException(Reason);
    }

    /// <inheritdoc />
    public void Abort(CloseReason reason)
    {
        if (!_closed.TryClose(reason)) return;
        _lane.Close();
        _box.Wipe();
        _timer.Dispose();
        _port?.SetMessageHandler(null);
        _ = CloseRawAsync();
        WipeReceiving();
    }

    /// <summary>Sends what is queued, ends and closes; gives up after <see cref="SecretStreamOptions.CloseTimeout"/>. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_closed.IsClosed)
        {
            try
            {
                using var deadline = new CancellationTokenSource(_options.CloseTimeout, _options.Clock);
                await EndAsync(deadline.Token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is MessageStreamClosedException or OperationCanceledException)
            {
                // Closed meanwhile, or the remote does not take what is left.
            }
        }

        Abort(CloseReason.Local);
    }

    /// <summary>Who it connects us to, and whether it is open.</summary>
    public override string ToString() => $"secret stream with {RemotePublicKey} ({(_closed.IsClosed ? "closed" : "open")})";

    internal async ValueTask WriteRawAsync(ReadOnlyMemory<byte> bytes)
    {
        await _raw.WriteAsync(bytes, _lifetime.Token).ConfigureAwait(false);
        _ = Interlocked.Add(ref _bytesWritten, bytes.Length);
        if (_options.KeepAlive == TimeSpan.Zero) return;
        lock (_livenessGate) _liveness.HandleSent(Instant.Now(_options.Clock));
    }

    internal ValueTask EndRawAsync() => EndRawAsync(_raw, _lifetime.Token);

    internal void OurSideEnded()
    {
        if (Volatile.Read(ref _remoteEnded)) Abort(CloseReason.Ended);
    }

    internal void RawFailed(Exception error)
    {
        if (!_closed.IsClosed) Abort(new CloseReason(CloseKind.RawClosed, "The connection below failed.", error));
    }

    private CloseReason Reason => _closed.Reason ?? CloseReason.Local;

    private static SecretStream Start(Stream raw, NoiseResult keys, SecretStreamOptions options, FrameBuffer input)
    {
        var stream = new SecretStream(raw, keys, options, input);
        stream._lane.Start();
        stream.Prefetch();
        stream._port?.SetMessageHandler(stream.ReceiveUnordered);
        lock (stream._livenessGate) stream.Arm();
        return stream;
    }

    // Ends the sending side alone where the raw stream can, else all of it.
    private static async ValueTask EndRawAsync(Stream raw, CancellationToken cancellationToken)
    {
        switch (raw)
        {
            case IHalfCloseable half:
                await half.ShutdownAsync(cancellationToken).ConfigureAwait(false);
                break;
            case NetworkStream network:
                network.Socket.Shutdown(SocketShutdown.Send);
                break;
            case IDuplexPipe pipe:
                await pipe.Output.CompleteAsync().ConfigureAwait(false);
                break;
            default:
                await raw.DisposeAsync().ConfigureAwait(false);
                break;
        }
    }

    private async ValueTask DrainAsync(int left, CancellationToken cancellationToken)
    {
        if (!await _lane.WaitAsync(left, cancellationToken).ConfigureAwait(false)) throw new MessageStreamClosedException(Reason);
    }

    private async Task CloseRawAsync()
    {
        try
        {
            await _lifetime.CancelAsync().ConfigureAwait(false);
            await _raw.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Nobody is left to tell: the first reason is already given.
        }
    }
}
