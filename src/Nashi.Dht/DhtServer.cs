using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Dht.Connecting;
using Nashi.Dht.Relaying;
using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>Waits for peers that connect by public key.</summary>
/// <remarks>
/// Made by <c>DhtNode.CreateServer</c>; owned by the caller, closed at the latest with its node. Thread-safe. A stranger's handshake costs a
/// bounded amount of work and memory: see <see cref="DhtServerOptions"/>.
/// </remarks>
public sealed partial class DhtServer : IAsyncDisposable
{
    private readonly IConnectNode _node;
    private readonly ServerRegistry _registry;
    private readonly DhtServerOptions _options;
    private readonly RelayDialer _dial;
    private readonly Channel<DhtConnection> _connections;
    private readonly Lock _gate = new();
    private readonly HandshakeTable<ServerHandshake> _handshakes;
    private readonly Newcomers _newcomers;
    private ServerContext? _context;
    private bool _isListening;
    private bool _isClosed;

    internal DhtServer(IConnectNode node, ServerRegistry registry, DhtServerOptions options, RelayDialer dial)
    {
        _dial = dial;
        _node = node;
        _registry = registry;
        _options = options;
        _handshakes = new(options.MaxHandshakes, options.MaxHandshakesPerHost);
        _newcomers = new((options.MaxHandshakes + 1) / 2);
        _connections = Channel.CreateBounded<DhtConnection>(new BoundedChannelOptions(options.MaxWaitingConnections) { FullMode = BoundedChannelFullMode.Wait });
    }

    /// <summary>Each new connection, once. Completes when the server is closed. When nobody reads, further connections are closed.</summary>
    public ChannelReader<DhtConnection> Connections => _connections.Reader;

    /// <summary>Who the server is; the default before it listens.</summary>
    public PublicKey PublicKey => _context?.KeyPair.PublicKey ?? default;

    /// <summary>Whether it is announced and answers.</summary>
    public bool IsListening => _context is not null && !_isClosed && !IsQuiet;

    /// <summary>Nodes through which the server can be reached: to be told with its key, for a quicker connect.</summary>
    public IReadOnlyList<Nashi.Datagrams.UdpAddress> RelayAddresses => _context?.Announcer.RelayAddresses ?? [];

    /// <summary>Announces the server and answers from then on. Returns once it can be found.</summary>
    /// <param name="keyPair">Who the server is; borrowed, not disposed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">It listens already, or another server of the node has this key.</exception>
    public async ValueTask ListenAsync(KeyPair keyPair, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_isListening) throw new InvalidOperationException("The server listens already.");
            _isListening = true;
        }

        var target = ConnectCommands.TargetOf(keyPair.PublicKey);
        var pending = new PendingAnnouncer();
        if (!_registry.TryAdd(target, this)) throw new InvalidOperationException($"Another server of this node listens as {keyPair.PublicKey}.");
        _context = new ServerContext(_node, keyPair, _options, pending, _dial, Offer, Release);
        try
        {
            pending.Set(await _node.AnnounceServerAsync(keyPair, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            _registry.Remove(target);
            _context = null;
            lock (_gate) _isListening = false;
            throw;
        }

        if (_isClosed) await pending.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Withdraws the server. Connections that were handed out go on.</summary>
    public async ValueTask DisposeAsync()
    {
        IReadOnlyList<ServerHandshake> open;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            open = _handshakes.All();
        }

        _connections.Writer.TryComplete();
        if (_context is { } context)
        {
            _registry.Remove(ConnectCommands.TargetOf(context.KeyPair.PublicKey));
            await context.Announcer.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var handshake in open) await handshake.DisposeAsync().ConfigureAwait(false);
        while (_connections.Reader.TryRead(out var left)) await left.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A handshake came in, on the socket's thread.</summary>
    internal void HandleHandshake(HandshakeMessage message, IPeerRequest request)
    {
        if (Meet(message, request, out var isNew) is not { } handshake) return;
        // A repeat of one that is still being worked out waits with it, but only so many may.
        if (!isNew && !handshake.Reply.IsCompleted && !handshake.TryWait()) return;
        if (isNew) ThreadPool.UnsafeQueueUserWorkItem(_ => handshake.Run(message, request), null);
        _ = AnswerAsync(handshake, message, request);
    }

    /// <summary>A hole-punch message came in, on the socket's thread.</summary>
    internal void HandleHolepunch(HolepunchMessage message, IPeerRequest request)
    {
        ServerHandshake? handshake;
        lock (_gate) handshake = _isClosed ? null : _handshakes.Find(message.Id);
        if (handshake?.TryWait() ?? false) ThreadPool.UnsafeQueueUserWorkItem(_ => handshake.HandleHolepunch(message, request), null);
    }

    private static async Task AnswerAsync(ServerHandshake handshake, HandshakeMessage message, IPeerRequest request)
    {
        if (await handshake.Reply.ConfigureAwait(false) is not { } reply) return;
        var action = PeerRouter.AnswerHandshake(message, request.From, reply.Noise);
        if (action.Verb == RouteVerb.Respond) request.Respond(action.Value, action.To, false, reply.Socket);
        else if (action.Verb == RouteVerb.Forward) request.Forward(action.Value!, action.To, reply.Socket);
    }

    private ServerHandshake? Meet(HandshakeMessage message, IPeerRequest request, out bool isNew)
    {
        isNew = false;
        lock (_gate)
        {
            if (_isClosed || IsQuiet || _context is not { } context) return null;
            var now = Instant.Now(_node.Clock);
            _handshakes.Expire(now);
            if (_handshakes.TryFind(message.Noise.Span, out var known)) return known;
            var source = message.PeerAddress ?? request.From;
            if (_handshakes.TryAdd(message.Noise.Span, source, id => new ServerHandshake(context, id), now) is not { } added) return null;
            isNew = true;
            return _handshakes.Find((ulong)added);
        }
    }

    private void Release(int id)
    {
        lock (_gate) _handshakes.Release(id, Instant.Now(_node.Clock));
    }

    private void Offer(DhtConnection connection)
    {
        if (_connections.Writer.TryWrite(connection)) _newcomers.Add(connection);
        else connection.Abandon();
    }
}
