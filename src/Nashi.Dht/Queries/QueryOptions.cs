using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <summary>What a query asks, and whom first.</summary>
internal sealed record QueryOptions
{
    /// <summary>Around which point of the key space.</summary>
    public required Bytes32 Target { get; init; }

    /// <summary>The command asked.</summary>
    public ulong Command { get; init; }

    /// <summary>Which of the two command lists is meant.</summary>
    public bool IsInternal { get; init; }

    /// <summary>What the command carries.</summary>
    public byte[]? Value { get; init; }

    /// <summary>Whom to ask first, beside what the table knows.</summary>
    public IReadOnlyList<UdpAddress> Seeds { get; init; } = [];

    /// <summary>How many are asked at once.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary>How often each is asked again.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>Whether to look around when the closest nodes are suspiciously close. Default: yes.</summary>
    public bool MayWiden { get; init; } = true;

    /// <summary>Whether a node may be asked at all. Default: every one.</summary>
    public Func<Bytes32, bool>? MayVisit { get; init; }

    /// <summary>Called with each answer that has no error, from a node's lane.</summary>
    public Action<Rpc.RpcReply>? Replied { get; init; }

    /// <summary>Makes what each of the closest nodes is asked to store, with its token; null to store nothing at that node.</summary>
    public Func<Rpc.RpcReply, QueryCommit?>? Commit { get; init; }

    /// <summary>Called once, at the end.</summary>
    public required Action<QueryOutcome> Finished { get; init; }
}
