using Nashi.Datagrams;

namespace Nashi.TcpRelay.Protocol;

/// <summary>The relay's side of one client: greeting, ports, what passes in either direction, and when it has to go.</summary>
/// <remarks>Owned by one session, used by one caller at a time. Pure: no clock, no I/O; what it decides is done by its <see cref="ISessionHost"/>.</remarks>
internal sealed class SessionCore(SessionLimits limits, ISessionHost host, Instant now)
{
    private readonly EgressGuard _guard = new(limits.Egress, now);
    private readonly RateLimit _inbound = new(limits.Egress.BytesPerSecond, limits.Egress.Burst, now);
    private readonly HashSet<ushort> _channels = [];
    private readonly Instant _greetedBefore = now + limits.HelloTimeout;
    private Instant _usedAt = now;
    private bool _isEnded;

    /// <summary>Whether the client was let in.</summary>
    public bool IsWelcome { get; private set; }

    /// <summary>How many ports the client has.</summary>
    public int ChannelCount => _channels.Count;

    /// <summary>Takes a frame of the client.</summary>
    public void HandleFrame(in Frame frame, Instant now)
    {
        if (_isEnded) return;
        if (!IsWelcome)
        {
            Greet(frame, now);
            return;
        }

        var isKnown = frame.Kind switch
        {
            FrameKind.Datagram => TrySend(frame.Body, now),
            FrameKind.Open => TryOpen(frame.Body),
            FrameKind.Close => TryClose(frame.Body),
            FrameKind.Ping => Answer(),
            FrameKind.Pong => true,
            FrameKind.Goodbye => EndQuietly(),
            // A kind of a later version, made so that it can be ignored; but what only relays say is an error.
            _ => frame.Kind is not (FrameKind.Hello or FrameKind.Welcome or FrameKind.Opened),
        };
        if (!isKnown) End(TcpRelayEnd.Malformed);
    }

    /// <summary>A datagram came to a port of the client.</summary>
    /// <returns>Whether the client is to have it.</returns>
    public bool HandleDatagram(ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        if (_isEnded) return false;
        var verdict = !StackPackets.IsOurs(datagram) ? Verdict.Foreign : _inbound.TryTake(datagram.Length, now) ? Verdict.Pass : Verdict.OverRate;
        if (verdict != Verdict.Pass)
        {
            host.CountDropped(verdict);
            return false;
        }

        _guard.HandleHeard(from, now);
        _usedAt = now;
        return true;
    }

    /// <summary>Looks, now and then, whether the client has to go.</summary>
    public void HandleTimeout(Instant now)
    {
        if (!IsWelcome && now >= _greetedBefore) End(TcpRelayEnd.TimedOut);
        else if (IsWelcome && now - _usedAt >= limits.IdleTimeout) End(TcpRelayEnd.Idle);
    }

    private void Greet(in Frame frame, Instant now)
    {
        if (frame.Kind != FrameKind.Hello || !HelloFrame.TryRead(frame.Body, out var version, out var secret))
        {
            End(TcpRelayEnd.Malformed);
            return;
        }

        // A later version of the client speaks this one to an older relay: it learns from the welcome which that is.
        var reason = version == 0 ? TcpRelayEnd.Version : host.Refuse(secret);
        if (reason is { } why)
        {
            End(why);
            return;
        }

        (IsWelcome, _usedAt) = (true, now);
        host.SendFrame(FrameKind.Welcome, new WelcomeFrame(HelloFrame.Version, limits.MaxChannels, limits.Egress.AllowPrivate).ToBytes());
    }

    private bool TrySend(ReadOnlySpan<byte> body, Instant now)
    {
        if (!DatagramFrame.TryRead(body, out var datagram)) return false;
        // It may have been on its way when the port was refused or taken back.
        if (!_channels.Contains(datagram.Channel)) return true;
        var verdict = _guard.Judge(datagram.Payload, datagram.Address, now);
        if (verdict != Verdict.Pass)
        {
            host.CountDropped(verdict);
            return true;
        }

        _usedAt = now;
        host.SendDatagram(datagram.Channel, datagram.Payload, datagram.Address);
        return true;
    }

    private bool TryOpen(ReadOnlySpan<byte> body)
    {
        if (!ChannelFrame.TryRead(body, out var channel) || _channels.Contains(channel)) return false;
        if (_channels.Count < limits.MaxChannels && host.OpenPort(channel) is { } port)
        {
            _channels.Add(channel);
            host.SendFrame(FrameKind.Opened, ChannelFrame.MakeOpened(channel, port));
        }
        else
        {
            host.SendFrame(FrameKind.Close, ChannelFrame.Make(channel));
        }

        return true;
    }

    private bool TryClose(ReadOnlySpan<byte> body)
    {
        if (!ChannelFrame.TryRead(body, out var channel)) return false;
        if (_channels.Remove(channel)) host.ClosePort(channel);
        return true;
    }

    private bool Answer()
    {
        host.SendFrame(FrameKind.Pong, []);
        return true;
    }

    private bool EndQuietly()
    {
        End(TcpRelayEnd.Closed);
        return true;
    }

    private void End(TcpRelayEnd reason)
    {
        if (_isEnded) return;
        _isEnded = true;
        host.End(reason);
    }
}
