using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Nashi.TcpRelay.Driver;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay;

/// <summary>A client's connection to a TCP relay: carries the datagrams of the sockets that a <see cref="Detour"/> sends round by it.</summary>
/// <remarks>Thread-safe. Owned by whoever connected; ended by the relay or the network, it stays ended.</remarks>
public sealed class TcpRelayConnection : IAsyncDisposable, IFrameHandler
{
    // Half a second at 8 Mbit/s: what waits longer than that is better repeated by its stream.
    private const int QueueSize = 512 * 1024;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly FrameLink _link;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, RelayChannel> _channels = [];
    private readonly TaskCompletionSource<WelcomeFrame> _welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<TcpRelayEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WelcomeFrame _limits;
    private TcpRelayEnd _told;
    private int _lastChannel;

    private TcpRelayConnection(TcpRelayLink relay, Socket socket, SslStream stream, TimeProvider clock)
    {
        (Relay, Clock) = (relay, clock);
        _link = new FrameLink(socket, stream, this, clock, QueueSize);
        _timer = clock.CreateTimer(static connection => ((TcpRelayConnection)connection!).Look(), this, LookEvery, LookEvery);
    }

    /// <summary>The relay.</summary>
    public TcpRelayLink Relay { get; }

    /// <summary>Completes when it is over, with the reason.</summary>
    public Task<TcpRelayEnd> Ended => _ended.Task;

    internal TimeProvider Clock { get; }

    internal bool ReachesPrivate => _limits.ReachesPrivate;

    /// <summary>Connects.</summary>
    /// <exception cref="TcpRelayException">It cannot be reached, is not the one in the link, or refuses.</exception>
    public static async ValueTask<TcpRelayConnection> ConnectAsync(
        TcpRelayLink relay, TcpRelayClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(relay);
        options ??= TcpRelayClientOptions.Default;
        using var timeout = new CancellationTokenSource(options.Timeout, options.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(relay.Host, relay.Port, both.Token).ConfigureAwait(false);
            var stream = await SecureAsync(relay, socket, both.Token).ConfigureAwait(false);
            var connection = new TcpRelayConnection(relay, socket, stream, options.Clock);
            return await connection.GreetAsync(both.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            socket.Dispose();
            var why = error is OperationCanceledException ? $"no answer within {options.Timeout.TotalSeconds:0} s" : error.Message;
            throw new TcpRelayException("RELAY_UNREACHABLE", $"The TCP relay {relay} cannot be reached: {why}.", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The network has changed: whether the relay can still be reached shows within some five seconds.</summary>
    public void Doubt() => _link.Doubt();

    /// <summary>Says goodbye and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _link.DisposeAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc />
    void IFrameHandler.HandleFrame(in Frame frame, Instant now)
    {
        switch (frame.Kind)
        {
            case FrameKind.Datagram when DatagramFrame.TryRead(frame.Body, out var datagram):
                Find(datagram.Channel)?.HandleDatagram(datagram, now);
                break;
            case FrameKind.Welcome when WelcomeFrame.TryRead(frame.Body, out var welcome):
                _welcome.TrySetResult(welcome);
                break;
            case FrameKind.Opened when ChannelFrame.TryReadOpened(frame.Body, out var channel, out var port):
                Find(channel)?.HandleOpened(port);
                break;
            case FrameKind.Close when ChannelFrame.TryRead(frame.Body, out var channel):
                Forget(channel);
                break;
            case FrameKind.Ping:
                _link.Send(FrameKind.Pong, []);
                break;
            case FrameKind.Goodbye when frame.Body.Length > 0:
                _told = (TcpRelayEnd)frame.Body[0];
                break;
            // Pongs, and kinds of later versions. Nonsense harms nobody but its own connection.
        }
    }

    /// <inheritdoc />
    void IFrameHandler.HandleEnd(TcpRelayEnd reason)
    {
        if (reason == TcpRelayEnd.Lost) reason = _told;
        _timer.Dispose();
        lock (_gate) _channels.Clear();
        _welcome.TrySetException(new TcpRelayException("RELAY_REFUSED", $"The TCP relay {Relay} refused: {Describe(reason)}.", end: reason));
        _ = _welcome.Task.Exception;
        _ended.TrySetResult(reason);
    }

    /// <summary>Opens a port at the relay. It can be sent from at once: the order of frames sees to that.</summary>
    /// <param name="wake">Called when datagrams came, after none were waiting.</param>
    /// <returns>Null when it is over, or no more ports are to be had.</returns>
    internal RelayChannel? TryOpenChannel(Action wake)
    {
        RelayChannel channel;
        lock (_gate)
        {
            if (_ended.Task.IsCompleted || _channels.Count >= _limits.MaxChannels) return null;
            do _lastChannel = (ushort)(_lastChannel + 1);
            while (_channels.ContainsKey((ushort)_lastChannel));
            channel = new RelayChannel(this, (ushort)_lastChannel, wake);
            _channels[channel.Id] = channel;
        }

        _link.Send(FrameKind.Open, ChannelFrame.Make(channel.Id));
        return channel;
    }

    internal bool Send(RelayChannel channel, ReadOnlySpan<byte> bytes, int segmentSize, Nashi.Datagrams.UdpAddress to) =>
        !_ended.Task.IsCompleted && _link.SendDatagrams(channel.Id, to, bytes, segmentSize);

    internal void Close(RelayChannel channel)
    {
        Forget(channel.Id);
        if (!_ended.Task.IsCompleted) _link.Send(FrameKind.Close, ChannelFrame.Make(channel.Id));
    }

    private static async Task<SslStream> SecureAsync(TcpRelayLink relay, Socket socket, CancellationToken cancellationToken)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = relay.Host,
            // No authority knows the relay: the key in the link does.
            RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 own && RelayCertificate.IsVouchedFor(own, relay.Key),
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        try
        {
            await stream.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            return stream;
        }
        catch (AuthenticationException error)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw new TcpRelayException(
                "RELAY_NOT_AUTHENTIC", $"Whoever answers at {relay.Host}:{relay.Port} is not the relay {relay.Key}: check the link, or something on the way intercepts TLS.", error);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string Describe(TcpRelayEnd reason) => reason switch
    {
        TcpRelayEnd.Unauthorized => "it is private, and the link's secret is missing or wrong",
        TcpRelayEnd.Full => "it serves as many clients as it can",
        TcpRelayEnd.Version => "it speaks another version of the protocol",
        _ => $"it closed the connection ({reason})",
    };

    private async Task<TcpRelayConnection> GreetAsync(CancellationToken cancellationToken)
    {
        try
        {
            _link.Start();
            _link.Send(FrameKind.Hello, HelloFrame.Make(Relay.Secret));
            _limits = await _welcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return this;
        }
        catch
        {
            await DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private void Look() => _link.HandleTimeout(Instant.Now(Clock));

    private RelayChannel? Find(ushort channel)
    {
        lock (_gate) return _channels.GetValueOrDefault(channel);
    }

    private void Forget(ushort channel)
    {
        lock (_gate) _channels.Remove(channel);
    }
}
