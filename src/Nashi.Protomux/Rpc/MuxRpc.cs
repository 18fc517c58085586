using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Protomux.Rpc.Protocol;

namespace Nashi.Protomux.Rpc;

/// <summary>Requests, responses and events over one channel of a connection, wire compatible with <c>protomux-rpc</c>. Thread-safe.</summary>
/// <remarks>
/// Both sides may ask and answer. Handlers run on the thread pool, started in the order in which requests came; what they throw is told to the remote
/// (see <see cref="RpcOptions.RevealsFailures"/>) and harms nothing else. What a remote can make us hold is bounded by <see cref="RpcOptions"/>: beyond
/// it requests are refused, and the channel closes when the remote does not read the refusals either. A message that is none closes the channel, not
/// the connection. Source: network.md §5.3.
/// </remarks>
public sealed partial class MuxRpc : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ILogger _log;
    private readonly FailureReporter _failures;
    private readonly RpcOptions _options;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>?> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _closeCode;
    private string _closeText = "The channel is closed.";
    private Exception? _closeCause;
    private bool _isEnding;

    private MuxRpc(Mux mux, RpcOptions options, ILogger log)
    {
        Mux = mux;
        _options = options.Validate();
        _log = log;
        _failures = new(log, options.RevealsFailures);
        _slots = new(options.MaxRequests);
    }

    /// <summary>The connection it belongs to.</summary>
    public Mux Mux { get; }

    /// <summary>Completes with the remote's handshake when both sides opened, or with null when it closed before; never faults.</summary>
    public Task<ReadOnlyMemory<byte>?> Opened => _opened.Task;

    /// <summary>Completes when it closed; never faults.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Whether it closed: nothing can be asked or answered any more.</summary>
    public bool IsClosed => _closing.IsCancellationRequested || Channel.IsClosed;

    // Set once, before anything can happen on it.
    private Channel Channel { get; set; } = null!;

    /// <summary>Opens a channel for requests. They may be sent at once, before the remote has opened its side.</summary>
    /// <param name="mux">The connection.</param>
    /// <param name="options">Defaults where null.</param>
    /// <param name="configure">Sets the first methods, before a request can come.</param>
    /// <param name="logger">Where failures of handlers are told.</param>
    /// <exception cref="RpcDuplicateException">One with this protocol and id is open.</exception>
    /// <exception cref="RpcClosedException">The connection ended.</exception>
    public static MuxRpc Open(Mux mux, RpcOptions? options = null, Action<MuxRpc>? configure = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(mux);
        var rpc = new MuxRpc(mux, options ?? RpcOptions.Default, logger ?? NullLogger.Instance);
        configure?.Invoke(rpc);
        rpc.Open();
        return rpc;
    }

    /// <summary>Sets the handler of a method, in the place of an earlier one.</summary>
    /// <param name="method">Name and codecs.</param>
    /// <param name="handler">
    /// Gets the request, and a token that is cancelled when the channel closes. Its answer to an event is dropped. Throw
    /// <see cref="RpcFaultException"/> to tell the remote why it failed.
    /// </param>
    public void Respond<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, Func<TRequest, CancellationToken, ValueTask<TResponse>> handler)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(handler);
        RequireName(method.Name);
        lock (_gate) _responders[method.Name] = new Responder<TRequest, TResponse>(method, handler);
    }

    /// <summary>Sets the handler of a method in the reference's default encoding.</summary>
    public void Respond(string method, Func<ReadOnlyMemory<byte>?, CancellationToken, ValueTask<ReadOnlyMemory<byte>?>> handler) =>
        Respond(new RpcMethod<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?>(method, RpcCodec.OptionalBuffer, RpcCodec.OptionalBuffer), handler);

    /// <summary>Removes the handler of a method; requests under way go on.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Unrespond(string method)
    {
        lock (_gate) return _responders.Remove(method);
    }

    /// <summary>Holds messages of the whole connection back to send them as one frame; nests. Pair each with <see cref="Uncork"/>.</summary>
    public void Cork() => Channel.Cork();

    /// <summary>Ends one <see cref="Cork"/>.</summary>
    public void Uncork() => Channel.Uncork();

    /// <summary>Closes it as soon as nothing is under way in either direction; no new requests of ours are taken.</summary>
    /// <returns>Completes when it closed.</returns>
    public Task EndAsync(CancellationToken cancellationToken = default)
    {
        lock (_gate) _isEnding = true;
        CloseIfDone();
        return Closed.WaitAsync(cancellationToken);
    }

    /// <summary>Closes it at once; requests under way fail. Idempotent.</summary>
    /// <param name="error">Their cause.</param>
    public void Destroy(Exception? error = null)
    {
        KeepReason(RpcErrorCodes.ChannelDestroyed, "The channel was destroyed by this side.", error);
        Channel.Close();
    }

    /// <summary>The same as <see cref="Destroy"/>.</summary>
    public void Dispose() => Destroy();

    private static void RequireName(string method)
    {
        ArgumentNullException.ThrowIfNull(method);
        if (System.Text.Encoding.UTF8.GetByteCount(method) > RpcOptions.MaxMethodSize) throw new ArgumentException("The method's name is too long.", nameof(method));
    }

    private void Open()
    {
        var stream = Mux.Stream;
        var handshake = _options.CapabilityKey is { } key ? ConnectionCapability.EncodeHandshake(ConnectionCapability.Generate(stream, key)) : _options.Handshake;
        // Nothing is told of the channel before the lock is free, so everyone sees it set.
        lock (_gate)
        {
            var channel = Mux.TryOpen(new() { Protocol = _options.Protocol, Id = _options.Id, Handshake = handshake, Handler = new Events(this) });
            if (channel is not null) Channel = channel;
            else if (Mux.HasOpen(_options.Protocol, _options.Id)) throw new RpcDuplicateException(_options.Protocol);
            else throw WhyClosed();
        }
    }

    private bool IsWelcome(ReadOnlySpan<byte> handshake)
    {
        if (_options.CapabilityKey is { } key)
        {
            return ConnectionCapability.TryDecodeHandshake(handshake, out var proof) && proof is { } theirs && ConnectionCapability.Verify(Mux.Stream, key, theirs);
        }

        try
        {
            return _options.VerifyHandshake?.Invoke(handshake.ToArray()) ?? true;
        }
        catch (Exception error)
        {
            Log.RpcHandlerFailed(_log, "handshake", error);
            return false;
        }
    }

    private void KeepReason(string code, string text, Exception? cause = null)
    {
        lock (_gate)
        {
            if (_closeCode is null) (_closeCode, _closeText, _closeCause) = (code, text, cause);
        }
    }

    private RpcClosedException WhyClosed()
    {
        lock (_gate) return new(_closeCode ?? RpcErrorCodes.ChannelClosed, _closeText, _closeCause);
    }

    /// <summary>Closes it because of what the remote did.</summary>
    private void Expel(string reason)
    {
        Log.ClosingChannel(_log, _options.Protocol, reason);
        KeepReason(RpcErrorCodes.ChannelClosed, $"The channel was closed: {reason}.");
        Channel.Close();
    }

    private void CloseIfDone()
    {
        lock (_gate)
        {
            if (!_isEnding || _requestCount > 0 || _handling > 0 || _queue.Count > 0) return;
        }

        Channel.Close();
    }

    private void HandleClose()
    {
        lock (_gate) _queue.Clear();
        _ = _opened.TrySetResult(null);
        FailRequests();
        HandleDrain();
        // On another thread: handlers may have registered anything on their token.
        _ = ThreadPool.UnsafeQueueUserWorkItem(static rpc => rpc.Cancel(), this, preferLocal: false);
    }

    private void Cancel()
    {
        try
        {
            _closing.Cancel();
        }
        catch (AggregateException error)
        {
            Log.RpcHandlerFailed(_log, "cancellation", error);
        }

        _ = _closed.TrySetResult();
    }

    private sealed class Events(MuxRpc rpc) : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
        {
            if (rpc.IsWelcome(handshake)) _ = rpc._opened.TrySetResult(handshake.ToArray());
            else rpc.Expel("the remote's handshake was refused");
        }

        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
        {
            // What is left of a frame may still come after we closed.
            if (channel.IsClosed) return default;
            var ok = type switch
            {
                RpcRequestMessage.Type => rpc.TryHandleRequest(payload),
                RpcResponseMessage.Type => rpc.TryHandleResponse(payload),
                _ => true,
            };
            if (!ok) rpc.Expel("the remote sent what is no message");
            return default;
        }

        public void OnDrain(Channel channel) => rpc.HandleDrain();

        public void OnClose(Channel channel, bool isRemote) => rpc.HandleClose();
    }
}
