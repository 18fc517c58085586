using Microsoft.Extensions.Logging;
using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>What blind peers and their clients log.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Debug, Message = "The blind peer {Peer} was not reached: {Problem}")]
    public static partial void NotReached(ILogger logger, PublicKey peer, string problem);
}
