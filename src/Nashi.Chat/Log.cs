using Microsoft.Extensions.Logging;
using Nashi.Encoding;

namespace Nashi.Chat;

internal static partial class Log
{
    [LoggerMessage(23000, LogLevel.Warning, "Room {Room}: a new key, or word of a silent device, could not be written")]
    public static partial void RotationFailed(ILogger logger, Exception error, CoreKey room);

    [LoggerMessage(23001, LogLevel.Warning, "Room {Room}: admitting a candidate failed")]
    public static partial void AdmittingFailed(ILogger logger, Exception error, CoreKey room);

    [LoggerMessage(23002, LogLevel.Error, "Room {Room}: following its log failed")]
    public static partial void PumpFailed(ILogger logger, Exception error, CoreKey room);

    [LoggerMessage(23003, LogLevel.Warning, "Room {Room}: what is kept beside its log could not be written")]
    public static partial void SavingFailed(ILogger logger, Exception error, CoreKey room);
}
