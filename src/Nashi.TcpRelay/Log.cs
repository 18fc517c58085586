using System.Net;
using Microsoft.Extensions.Logging;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.TcpRelay;

/// <summary>What this assembly logs. Ids 7000 to 7999. Secrets never are.</summary>
internal static partial class Log
{
    [LoggerMessage(7000, LogLevel.Information, "The TCP relay {PublicKey} listens at {EndPoint}.")]
    public static partial void Listening(ILogger logger, IPEndPoint endPoint, PublicKey publicKey);

    [LoggerMessage(7001, LogLevel.Debug, "A client at {Host} was refused: {Reason}.")]
    public static partial void Refused(ILogger logger, UdpAddress host, TcpRelayEnd reason);

    [LoggerMessage(7002, LogLevel.Debug, "A client at {Host} has left: {Reason}.")]
    public static partial void Left(ILogger logger, UdpAddress host, TcpRelayEnd reason);

    [LoggerMessage(7003, LogLevel.Warning, "A TCP connection could not be accepted.")]
    public static partial void AcceptFailed(ILogger logger, Exception error);

    [LoggerMessage(7004, LogLevel.Warning, "No UDP port is to be had for a client.")]
    public static partial void NoPort(ILogger logger, Exception error);
}
