using Microsoft.Extensions.Logging;
using Nashi.Encoding;
using Nashi.Hypercore.Replication.Protocol;

namespace Nashi.Hypercore.Replication;

/// <summary>Events 7500 to 7999.</summary>
internal static partial class Log
{
    [LoggerMessage(7500, LogLevel.Warning, "Ending the connection with {Peer}: {Fault} about core {Core}")]
    public static partial void Expelled(ILogger logger, PublicKey peer, ReplicationFault fault, DiscoveryKey core);

    [LoggerMessage(7501, LogLevel.Warning, "{Peer} proved that the writer of core {Core} signed two different histories: the core is frozen")]
    public static partial void Conflict(ILogger logger, PublicKey peer, DiscoveryKey core);

    [LoggerMessage(7503, LogLevel.Error, "The handler of extension '{Name}' of core {Core} threw")]
    public static partial void ExtensionFailed(ILogger logger, Exception error, string name, CoreKey core);

    [LoggerMessage(7502, LogLevel.Error, "Replication of core {Core} failed")]
    public static partial void Failed(ILogger logger, DiscoveryKey core, Exception error);
}
