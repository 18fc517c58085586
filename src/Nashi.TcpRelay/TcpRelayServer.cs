using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay.Driver;
using PublicKey = Nashi.Encoding.PublicKey;

namespace Nashi.TcpRelay;

/// <summary>Gives clients whose network blocks UDP a UDP port of its own, by a TLS connection. It sees where datagrams go, but cannot read streams.</summary>
/// <remarks>
/// Everything a stranger can make it hold or send has a limit: see <see cref="TcpRelayServerOptions"/> and docs/relay-over-tcp.md. Needs no DHT node. Thread-safe.
/// </remarks>
public sealed class TcpRelayServer : IAsyncDisposable
{
    // Connections that have not said hello: TLS handshakes are what a stranger can make us work for.
    private const int PendingMax = 256;
    private const int PendingPerHostMax = 32;
    private const int Backlog = 128;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    private readonly Socket _listener;
    private readonly X509Certificate2 _certificate;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly ConcurrentDictionary<RelayClient, byte> _clients = new();
    private readonly Dictionary<UdpAddress, int> _pending = [];
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly ITimer _timer;
    private readonly Task _accepting;
    private int _pendingCount;
    private int _welcome;
    private int _isClosed;

    private TcpRelayServer(KeyPair keyPair, TcpRelayServerOptions options, Socket listener)
    {
        (Options, PublicKey, _listener) = (options.Validate(), keyPair.PublicKey, listener);
        Counters = new RelayCounters(options.TotalRate, Instant.Now(options.Clock));
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _certificate = RelayCertificate.Make(keyPair, options.Clock);
        _tls = new SslServerAuthenticationOptions { ServerCertificateContext = SslStreamCertificateContext.Create(_certificate, null, offline: true) };
        _timer = options.Clock.CreateTimer(static server => ((TcpRelayServer)server!).Look(), this, LookEvery, LookEvery);
        Log.Listening(options.Logger, LocalEndPoint, PublicKey);
        _accepting = AcceptAsync();
    }

    /// <summary>Who it is.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; }

    internal TcpRelayServerOptions Options { get; }

    internal RelayCounters Counters { get; }

    /// <summary>Listens, and serves from then on.</summary>
    /// <param name="keyPair">Who the relay is: what clients know it by. Only used here.</param>
    /// <param name="options">Whom it serves, and how much it gives.</param>
    /// <exception cref="TcpRelayException">The port is not to be had (RELAY_PORT).</exception>
    public static TcpRelayServer Start(KeyPair keyPair, TcpRelayServerOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        options ??= TcpRelayServerOptions.Default;
        return new TcpRelayServer(keyPair, options, Listen(options.Listen));
    }

    /// <summary>The link by which clients find it.</summary>
    /// <param name="host">The name or address under which this machine is reached.</param>
    public TcpRelayLink LinkFor(string host) => new(PublicKey, host, LocalEndPoint.Port) { Secret = Options.Secret };

    /// <summary>What it does and did.</summary>
    public TcpRelayServerStats GetStats() => Counters.ToStats(Volatile.Read(ref _welcome), _clients.Keys.Sum(client => client.ChannelCount));

    /// <summary>Tells the clients, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_clients.Keys.Select(client => client.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _certificate.Dispose();
        _closing.Dispose();
    }

    /// <summary>A client said hello.</summary>
    /// <returns>Why it may not come in; null when it may.</returns>
    internal TcpRelayEnd? Refuse(RelayClient client, Bytes32 secret)
    {
        TcpRelayEnd? reason = null;
        if (Options.Secret is { } wanted && !CryptographicOperations.FixedTimeEquals(wanted.AsSpan(), secret.AsSpan())) reason = TcpRelayEnd.Unauthorized;
        else if (Volatile.Read(ref _welcome) >= Options.MaxSessions) reason = TcpRelayEnd.Full;
        else if (_clients.Keys.Count(other => other.IsWelcome && other.Host == client.Host) >= Options.MaxSessionsPerHost) reason = TcpRelayEnd.Full;
        if (reason is { } why)
        {
            Counters.CountRefused();
            Log.Refused(Options.Logger, client.Host, why);
            return why;
        }

        Interlocked.Increment(ref _welcome);
        Counters.CountSession();
        Leave(client.Host);
        return null;
    }

    /// <summary>A client is gone.</summary>
    internal void Forget(RelayClient client, TcpRelayEnd reason)
    {
        if (!_clients.TryRemove(client, out _)) return;
        if (client.IsWelcome) Interlocked.Decrement(ref _welcome);
        else Leave(client.Host);
        Log.Left(Options.Logger, client.Host, reason);
    }

    private static Socket Listen(IPEndPoint at)
    {
        var isAll = at.Address.Equals(IPAddress.IPv6Any);
        if (isAll && !Socket.OSSupportsIPv6) (at, isAll) = (new IPEndPoint(IPAddress.Any, at.Port), false);
        var listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (isAll) listener.DualMode = true;
            listener.Bind(at);
            listener.Listen(Backlog);
            return listener;
        }
        catch (SocketException error)
        {
            listener.Dispose();
            var advice = error.SocketErrorCode == SocketError.AccessDenied ? " Ports below 1024 need a privilege; choose a higher one, such as 8443." : "";
            throw new TcpRelayException("RELAY_PORT", $"TCP {at} cannot be listened at: {error.Message}.{advice}", error);
        }
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptAsync(_closing.Token).ConfigureAwait(false);
                _ = ServeAsync(socket);
            }
            catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException error)
            {
                // Out of descriptors, or a client that was gone at once.
                Log.AcceptFailed(Options.Logger, error);
                await WaitAsync(AfterFailure).ConfigureAwait(false);
            }
        }
    }

    private async Task WaitAsync(TimeSpan time)
    {
        try
        {
            await Task.Delay(time, Options.Clock, _closing.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Closed.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        if (HostOf(socket) is not { } host || !TryEnter(host))
        {
            Counters.CountFailed();
            socket.Dispose();
            return;
        }

        if (await SecureAsync(socket).ConfigureAwait(false) is not { } stream)
        {
            Counters.CountFailed();
            socket.Dispose();
            Leave(host);
            return;
        }

        var client = new RelayClient(this, host, socket, stream);
        _clients[client] = 0;
        client.Start();
        if (_closing.IsCancellationRequested) await client.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<SslStream?> SecureAsync(Socket socket)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            socket.NoDelay = true;
            using var timeout = new CancellationTokenSource(Options.HelloTimeout, Options.Clock);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _closing.Token);
            await stream.AuthenticateAsServerAsync(_tls, both.Token).ConfigureAwait(false);
            return stream;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }

    // One subscriber's IPv6 addresses are as many as it likes, all in one /64.
    private static UdpAddress? HostOf(Socket socket)
    {
        try
        {
            if (socket.RemoteEndPoint is not IPEndPoint remote) return null;
            var address = UdpAddress.From(remote);
            if (address.IsIPv4) return address.WithPort(0);
            Span<byte> bytes = stackalloc byte[16];
            address.WriteBytes(bytes);
            bytes[8..].Clear();
            return UdpAddress.FromBytes(bytes, 0);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private bool TryEnter(UdpAddress host)
    {
        lock (_gate)
        {
            var count = _pending.GetValueOrDefault(host);
            if (_pendingCount >= PendingMax || count >= PendingPerHostMax) return false;
            (_pending[host], _pendingCount) = (count + 1, _pendingCount + 1);
            return true;
        }
    }

    private void Leave(UdpAddress host)
    {
        lock (_gate)
        {
            _pendingCount--;
            if (--_pending[host] == 0) _pending.Remove(host);
        }
    }

    private void Look()
    {
        var now = Instant.Now(Options.Clock);
        foreach (var client in _clients.Keys) client.HandleTimeout(now);
    }
}
