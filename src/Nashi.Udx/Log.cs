using Microsoft.Extensions.Logging;

namespace Nashi.Udx;

/// <summary>What this assembly logs. Ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Error, "A handler of the UDX socket on port {Port} threw; the datagram was dropped.")]
    public static partial void HandlerFailed(ILogger logger, int port, Exception error);

    [LoggerMessage(2002, LogLevel.Critical, "UDX stream {Id} failed by a defect of this program and was closed.")]
    public static partial void StreamFailed(ILogger logger, uint id, Exception error);

    [LoggerMessage(2001, LogLevel.Debug, "UDX stream {Id} ended: {Reason}")]
    public static partial void StreamEnded(ILogger logger, uint id, string reason);
}
