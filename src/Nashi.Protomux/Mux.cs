using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Protomux.Protocol;
using Nashi.SecretStream;

namespace Nashi.Protomux;

/// <summary>Many protocols over one message stream, wire compatible with the reference.</summary>
/// <remarks>
/// Owns the stream. Opening, sending and closing are thread-safe and return at once. What happens on channels is told to their handlers one call at a
/// time, and the next frame is read when the handlers of the last are done: a slow handler slows the remote. While a frame with several messages is
/// handled, replies are gathered into one frame too. Source: network.md §5.
/// </remarks>
public sealed partial class Mux : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CloseSignal _closed = new();
    private readonly ILogger _log;
    private readonly MuxCore _core;
    private CloseReason? _failure;
    private Task? _pump;

    /// <summary>Takes a stream. Open channels and set pair handlers, then <see cref="Start"/>.</summary>
    public Mux(IMessageStream stream, MuxOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Stream = stream;
        _log = logger ?? NullLogger.Instance;
        _core = new MuxCore(new StreamSink(stream), (options ?? MuxOptions.Default).Validate());
    }

    /// <summary>The stream below.</summary>
    public IMessageStream Stream { get; }

    /// <summary>Completes when the connection ended and every handler was told; never faults. Requires <see cref="Start"/>.</summary>
    public Task<CloseReason> Closed => _closed.Task;

    /// <summary>Starts reading. Call once.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_pump is not null) throw new InvalidOperationException("Already started.");
            _pump = Task.Run(RunAsync);
        }
    }

    /// <summary>Opens a channel. The remote's side pairs when it opens the same protocol and id.</summary>
    /// <returns>Null when it is to be unique and one is open, or when the connection ended.</returns>
    /// <exception cref="ArgumentException">A name, the id or the handshake is too long.</exception>
    public Channel? TryOpen(ChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Require(options);
        var channel = new Channel(this, options);
        lock (_gate)
        {
            channel.State = _core.TryOpen(options, channel);
        }

        Wake();
        return channel.State is null ? null : channel;
    }

    /// <summary>Whether a channel of ours with this protocol and id is open.</summary>
    public bool HasOpen(string protocol, ReadOnlyMemory<byte>? id)
    {
        lock (_gate) return _core.HasOpen(ChannelKey.Of(protocol, id.GetValueOrDefault().Span));
    }

    /// <summary>Holds messages back to send them as one frame; nests. Pair each with <see cref="Uncork"/>.</summary>
    public void Cork()
    {
        lock (_gate) _core.Cork();
    }

    /// <summary>Ends one <see cref="Cork"/>.</summary>
    public void Uncork()
    {
        lock (_gate) _core.Uncork();
    }

    /// <summary>Closes all channels and the stream, sending what is queued. Idempotent. May be called from a handler.</summary>
    public async ValueTask DisposeAsync()
    {
        Task? pump;
        lock (_gate)
        {
            _failure ??= CloseReason.Local;
            _core.Shutdown(isRemote: false);
            Resume();
            pump = _pump;
        }

        await Stream.DisposeAsync().ConfigureAwait(false);
        if (pump is null) await FinishAsync().ConfigureAwait(false);
    }

    internal bool Send(Channel channel, int type, ReadOnlySpan<byte> payload)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(type);
        if (payload.Length > Channel.MaxPayloadSize) throw new ArgumentException($"A message has at most {Channel.MaxPayloadSize} bytes.", nameof(payload));
        bool drained;
        lock (_gate)
        {
            var state = channel.State!;
            drained = _core.Send(state, type, payload);
            if (!drained && !state.IsClosed) WaitForDrain();
        }

        return drained;
    }

    internal void Close(Channel channel)
    {
        lock (_gate) _core.Close(channel.State!);
        Wake();
    }

    private static void Require(ChannelOptions options)
    {
        ArgumentNullException.ThrowIfNull(options.Handler);
        if (options.Id.GetValueOrDefault().Length > ChannelOptions.MaxIdSize) throw new ArgumentException("The id is too long.", nameof(options));
        if (options.Handshake.Length > ushort.MaxValue) throw new ArgumentException("The handshake is too long.", nameof(options));
        foreach (var name in options.Aliases.Prepend(options.Protocol))
        {
            if (System.Text.Encoding.UTF8.GetByteCount(name) > ChannelOptions.MaxProtocolSize) throw new ArgumentException("A name is too long.", nameof(options));
        }
    }

    private sealed class StreamSink(IMessageStream stream) : IMuxSink
    {
        public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body) => stream.Write(prefix, body);
    }
}
