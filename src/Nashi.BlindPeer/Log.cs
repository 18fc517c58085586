using Microsoft.Extensions.Logging;
using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>What blind peers and their clients log.</summary>
internal static partial class Log
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The disk refused; it is tried again in some seconds")]
    public static partial void StorageFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clients can not find us yet; it is tried again in some seconds")]
    public static partial void NotListening(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Information, Message = "Gave up the blocks of core {Core} to make room")]
    public static partial void Collected(ILogger logger, CoreKey core);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} asked for {Count} cores: {Accepted} are kept ({Reason})")]
    public static partial void Asked(ILogger logger, PublicKey client, int count, int accepted, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} asked to delete core {Core}: {Outcome}")]
    public static partial void AskedToDelete(ILogger logger, PublicKey client, CoreKey core, string outcome);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A connection from {Client} failed")]
    public static partial void ConnectionFailed(ILogger logger, PublicKey client, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Core {Core} could not be announced")]
    public static partial void AnnounceFailed(ILogger logger, CoreKey core, Exception error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The cores of a group could not be listed")]
    public static partial void GroupFailed(ILogger logger, Exception error);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The blind peer {Peer} was not reached: {Problem}")]
    public static partial void NotReached(ILogger logger, PublicKey peer, string problem);
}
