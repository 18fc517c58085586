using Nashi.Datagrams;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <summary>What a shell asks a query for.</summary>
/// <param name="Target">Around which point of the key space.</param>
/// <param name="Command">The application command asked.</param>
internal sealed record AskOptions(Bytes32 Target, ulong Command)
{
    /// <summary>What the command carries.</summary>
    public byte[]? Value { get; init; }

    /// <summary>Whom to ask first.</summary>
    public IReadOnlyList<UdpAddress> Seeds { get; init; } = [];

    /// <summary>What the closest nodes are to store. Called in the node's lane.</summary>
    public Func<RpcReply, QueryCommit?>? Commit { get; init; }
}
