using Microsoft.Extensions.Logging;
using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>What the log of a base says. Ids 8500 to 8999.</summary>
internal static partial class Log
{
    [LoggerMessage(8500, LogLevel.Error, "Base {Key} stopped")]
    public static partial void Stopped(ILogger logger, Exception error, CoreKey key);

    [LoggerMessage(8501, LogLevel.Debug, "A value of {Writer}, who is no writer, was refused")]
    public static partial void OptimisticRefused(ILogger logger, Exception error, CoreKey writer);

    [LoggerMessage(8502, LogLevel.Warning, "A quorum signed another view '{View}' at length {Length} than this peer has: is what is applied deterministic?")]
    public static partial void QuorumDisagrees(ILogger logger, Exception error, string view, ulong length);

    [LoggerMessage(8503, LogLevel.Debug, "The signed state of system core {Key} could not be fetched")]
    public static partial void FastForwardFailed(ILogger logger, Exception error, CoreKey key);

    [LoggerMessage(8504, LogLevel.Information, "Base {Key} went from system length {From} to {To}, which others signed")]
    public static partial void FastForwarded(ILogger logger, CoreKey key, ulong from, ulong to);
}
