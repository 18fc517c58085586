using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Life;
using Nashi.SecretStream;
using Nashi.TcpRelay;
using Nashi.Udx;

namespace Nashi.Dht;

/// <content>How it fares.</content>
public sealed partial class DhtConnection : IRevivable
{
    private TimeSpan _keepAlive;
    private Revival? _revival;

    /// <summary>How the connection fares now.</summary>
    public ConnectionInfo GetInfo()
    {
        var stats = Raw.GetStats();
        return new ConnectionInfo
        {
            Kind = Kind,
            RemoteAddress = Raw.Remote,
            RelayedBy = Kind == ConnectionKind.Relayed ? Relay : null,
            TcpRelay = RelayTo?.Invoke(Raw.Remote),
            RoundTrip = stats.RoundTrip,
            Mtu = stats.Mtu,
            BytesSent = stats.BytesSent,
            BytesReceived = stats.BytesReceived,
            Loss = stats.PacketsSent == 0 ? 0 : (double)stats.Retransmits / stats.PacketsSent,
            Silence = stats.Silence,
            Moves = Raw.Moves,
        };
    }

    /// <inheritdoc />
    UdxStreamStats IRevivable.GetStats() => Raw.GetStats();

    /// <inheritdoc />
    void IRevivable.Probe() => Raw.Probe();

    /// <inheritdoc />
    void IRevivable.Speak()
    {
        ShowLife();
        Raw.Probe();
    }

    /// <inheritdoc />
    void IRevivable.Abort(CloseReason reason) => Stream.Abort(reason);

    /// <summary>Tells which TCP relay carries packets to an address.</summary>
    internal Func<UdpAddress, TcpRelayLink?>? RelayTo { get; set; }

    /// <summary>From now on, the peer is called afresh when the connection falls silent.</summary>
    internal void ReviveBy(Recall recall, TimeProvider clock) => Volatile.Write(ref _revival, new Revival(this, _keepAlive, recall, clock));

    /// <summary>Whether it speaks, and what is done otherwise; about once a second.</summary>
    internal RevivalStep LookAfter(bool mayCall, CancellationToken cancellationToken)
    {
        // Both sides have ended: nothing more can be heard, and what was heard last may wait for its reader as long as it likes.
        if (Raw.Closed.IsCompleted) return RevivalStep.None;
        return Volatile.Read(ref _revival)?.Look(mayCall, cancellationToken) ?? RevivalStep.None;
    }

    /// <summary>Opens the router in front of us towards an address from which the remote may speak next. Says nothing, and changes nothing.</summary>
    internal void Knock(UdpAddress at)
    {
        if (Kind != ConnectionKind.Relayed && Raw.Remote != at) Raw.Socket?.TrySend(PunchSockets.Knock, at);
    }

    /// <summary>Sends a sign of life: the remote may have to learn where we are now. Only where empty messages are known to be swallowed.</summary>
    internal void ShowLife()
    {
        if (_keepAlive > TimeSpan.Zero) Stream.Write(default);
    }
}
