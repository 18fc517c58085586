using Microsoft.Extensions.Logging;

namespace Nashi.Pairing;

/// <summary>What pairing logs.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "A pairing request could not be answered")]
    public static partial void RequestFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The DHT could not be asked about pairing; it is asked again later")]
    public static partial void PollFailed(ILogger logger, Exception error);
}
