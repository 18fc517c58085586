using Microsoft.Extensions.Logging;
using Nashi.SecretStream;

namespace Nashi.Protomux;

/// <summary>Events 6000 to 6999.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Warning, "A handler of the channel protocol '{Protocol}' failed")]
    public static partial void HandlerFailed(ILogger logger, string protocol, Exception error);

    [LoggerMessage(6001, LogLevel.Debug, "Closing a connection ({Kind}): {Reason}")]
    public static partial void Closing(ILogger logger, CloseKind kind, string reason);

    [LoggerMessage(6002, LogLevel.Warning, "The handler of the method '{Method}' failed")]
    public static partial void RpcHandlerFailed(ILogger logger, string method, Exception error);

    [LoggerMessage(6003, LogLevel.Debug, "Closing the channel '{Protocol}': {Reason}")]
    public static partial void ClosingChannel(ILogger logger, string protocol, string reason);
}
