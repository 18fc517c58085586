using Microsoft.Extensions.Logging;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay;

namespace Nashi.Dht;

/// <summary>What this assembly logs. Ids 4000 to 4999. Public keys and addresses are named; secrets never are.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Information, "The DHT node listens at {Address}.")]
    public static partial void Started(ILogger logger, UdpAddress address);

    [LoggerMessage(4001, LogLevel.Information, "The DHT node at {Address} is closed.")]
    public static partial void Stopped(ILogger logger, UdpAddress address);

    [LoggerMessage(4002, LogLevel.Information, "Looked around for the first time; {Nodes} nodes are known.")]
    public static partial void Bootstrapped(ILogger logger, int nodes);

    [LoggerMessage(4003, LogLevel.Information, "Standing: ephemeral {IsEphemeral}, firewalled {IsFirewalled}.")]
    public static partial void StandingChanged(ILogger logger, bool isEphemeral, bool isFirewalled);

    [LoggerMessage(4004, LogLevel.Warning, "No node answers any more.")]
    public static partial void Offline(ILogger logger);

    [LoggerMessage(4005, LogLevel.Information, "Nodes answer again.")]
    public static partial void OnlineAgain(ILogger logger);

    [LoggerMessage(4006, LogLevel.Information, "The machine slept: everything is looked at anew.")]
    public static partial void Woke(ILogger logger);

    [LoggerMessage(4007, LogLevel.Information, "The machine's addresses changed; it has {Count} now.")]
    public static partial void NetworkChanged(ILogger logger, int count);

    [LoggerMessage(4008, LogLevel.Information, "Suspended.")]
    public static partial void Suspended(ILogger logger);

    [LoggerMessage(4009, LogLevel.Information, "Resumed at {Address}.")]
    public static partial void Resumed(ILogger logger, UdpAddress address);

    [LoggerMessage(4010, LogLevel.Warning, "What the node remembers could not be {What}.")]
    public static partial void CacheFailed(ILogger logger, string what, Exception error);

    [LoggerMessage(4011, LogLevel.Debug, "Remembered {Nodes} nodes and {Peers} peers.")]
    public static partial void Remembered(ILogger logger, int nodes, int peers);

    [LoggerMessage(4012, LogLevel.Warning, "Could not resolve {Names}; trying again in {Seconds} s.")]
    public static partial void Unresolved(ILogger logger, string names, double seconds);

    [LoggerMessage(4020, LogLevel.Debug, "Server {Key} is announced at {Count} nodes.")]
    public static partial void Announced(ILogger logger, PublicKey key, int count);

    [LoggerMessage(4021, LogLevel.Information, "Server {Key} is seen elsewhere, or a relaying node fell silent: announcing anew.")]
    public static partial void AnnouncingAnew(ILogger logger, PublicKey key);

    [LoggerMessage(4024, LogLevel.Warning, "UDP is blocked: everything goes round by the TCP relay {Relay}.")]
    public static partial void WentRound(ILogger logger, TcpRelayLink relay);

    [LoggerMessage(4025, LogLevel.Information, "UDP works: the TCP relay is left.")]
    public static partial void WentStraight(ILogger logger);

    [LoggerMessage(4026, LogLevel.Warning, "The TCP relay {Relay} is lost: {Reason}.")]
    public static partial void RelayLost(ILogger logger, TcpRelayLink relay, TcpRelayEnd reason);

    [LoggerMessage(4027, LogLevel.Information, "{Failure}")]
    public static partial void RelayFailed(ILogger logger, string failure);

    [LoggerMessage(4030, LogLevel.Debug, "Connected: {Connection}.")]
    public static partial void Connected(ILogger logger, DhtConnection connection);

    [LoggerMessage(4031, LogLevel.Debug, "Closed: {Connection}: {Reason}")]
    public static partial void Closed(ILogger logger, DhtConnection connection, string reason);

    [LoggerMessage(4032, LogLevel.Debug, "Connecting to {Peer} failed: {Code}")]
    public static partial void ConnectFailed(ILogger logger, PublicKey peer, string code);

    [LoggerMessage(4033, LogLevel.Information, "{Connection} is silent: its peer is called afresh.")]
    public static partial void Silent(ILogger logger, DhtConnection connection);
}
