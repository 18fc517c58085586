using Microsoft.Extensions.Logging;
using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>What the log of a core says. Ids 5000 to 5499.</summary>
internal static partial class Log
{
    [LoggerMessage(5000, LogLevel.Error, "A handler of Changed of core {Key} threw")]
    public static partial void HandlerFailed(ILogger logger, Exception error, CoreKey key);

    [LoggerMessage(5002, LogLevel.Error, "Blocks of core {Key} could not be stored")]
    public static partial void WriteFailed(ILogger logger, Exception error, CoreKey key);

    [LoggerMessage(5001, LogLevel.Critical, "Core {Key} is frozen: two different trees were signed")]
    public static partial void Frozen(ILogger logger, CoreKey key);
}
