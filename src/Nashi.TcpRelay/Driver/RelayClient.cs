using System.Net.Security;
using System.Net.Sockets;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>One client of a relay: its connection and its UDP ports around a <see cref="SessionCore"/>.</summary>
internal sealed class RelayClient : IFrameHandler, ISessionHost, IAsyncDisposable
{
    // What waits for a client that reads slowly; above, it is dropped, as by any router.
    private const int QueueSize = 512 * 1024;

    private readonly TcpRelayServer _server;
    private readonly TcpRelayServerOptions _options;
    private readonly SessionCore _core;
    private readonly FrameLink _link;
    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, RelayPort> _ports = [];
    private Instant _now;

    public RelayClient(TcpRelayServer server, UdpAddress host, Socket socket, SslStream stream)
    {
        (_server, _options, Host) = (server, server.Options, host);
        _core = new SessionCore(_options.ToLimits(), this, Instant.Now(_options.Clock));
        _link = new FrameLink(socket, stream, this, _options.Clock, QueueSize);
    }

    /// <summary>From where the client connected; its port is 0.</summary>
    public UdpAddress Host { get; }

    /// <summary>Whether it was let in.</summary>
    public bool IsWelcome => _core.IsWelcome;

    /// <summary>How many UDP ports it has.</summary>
    public int ChannelCount
    {
        get
        {
            lock (_gate) return _ports.Count;
        }
    }

    /// <summary>Starts reading.</summary>
    public void Start() => _link.Start();

    /// <summary>To be called every few seconds.</summary>
    public void HandleTimeout(Instant now)
    {
        lock (_gate) _core.HandleTimeout(now);
        _link.HandleTimeout(now);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _link.DisposeAsync();

    /// <inheritdoc />
    void IFrameHandler.HandleFrame(in Frame frame, Instant now)
    {
        lock (_gate)
        {
            _now = now;
            _core.HandleFrame(frame, now);
        }
    }

    /// <inheritdoc />
    void IFrameHandler.HandleEnd(TcpRelayEnd reason)
    {
        if (reason == TcpRelayEnd.Malformed) _server.Counters.CountMalformed();
        lock (_gate)
        {
            foreach (var port in _ports.Values) port.Dispose();
            _ports.Clear();
        }

        _server.Forget(this, reason);
    }

    /// <inheritdoc />
    TcpRelayEnd? ISessionHost.Refuse(Bytes32 secret) => _server.Refuse(this, secret);

    /// <inheritdoc />
    void ISessionHost.SendFrame(FrameKind kind, ReadOnlySpan<byte> body) => _link.Send(kind, body);

    /// <inheritdoc />
    int? ISessionHost.OpenPort(ushort channel)
    {
        try
        {
            var port = new RelayPort(_options.UdpHost);
            _ports[channel] = port;
            _ = port.ReceiveAsync((datagram, from) => HandleDatagram(channel, datagram, from));
            return port.Number;
        }
        catch (SocketException error)
        {
            Log.NoPort(_options.Logger, error);
            return null;
        }
    }

    /// <inheritdoc />
    void ISessionHost.ClosePort(ushort channel)
    {
        if (_ports.Remove(channel, out var port)) port.Dispose();
    }

    /// <inheritdoc />
    void ISessionHost.SendDatagram(ushort channel, ReadOnlySpan<byte> payload, UdpAddress to)
    {
        if (_ports.TryGetValue(channel, out var port) && _server.Counters.TryPassOut(payload.Length, _now)) port.Send(payload, to);
    }

    /// <inheritdoc />
    void ISessionHost.CountDropped(Verdict verdict) => _server.Counters.CountDropped(verdict);

    /// <inheritdoc />
    void ISessionHost.End(TcpRelayEnd reason) => _link.End(reason);

    private void HandleDatagram(ushort channel, ReadOnlySpan<byte> datagram, UdpAddress from)
    {
        var now = Instant.Now(_options.Clock);
        bool passes;
        lock (_gate) passes = _core.HandleDatagram(datagram, from, now);
        if (!passes || !_server.Counters.TryPassIn(datagram.Length, now)) return;
        if (!_link.SendDatagrams(channel, from, datagram, datagram.Length)) _server.Counters.CountDropped(Verdict.OverRate);
    }
}
