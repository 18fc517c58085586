using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>One request to one peer.</summary>
internal sealed class Request(RemotePeer peer, ulong id, ulong fork, Instant sentAt)
{
    public RemotePeer Peer { get; } = peer;

    public ulong Id { get; } = id;

    public ulong Fork { get; } = fork;

    public Instant SentAt { get; } = sentAt;

    public RequestState State { get; set; }

    /// <summary>The block asked for.</summary>
    public ulong? Block { get; set; }

    /// <summary>The tree node asked for. Its count of nodes is given when <see cref="HashNodes"/> is not null, else to be looked up.</summary>
    public ulong? Hash { get; set; }

    public ulong? HashNodes { get; set; }

    public UpgradeRequest? Upgrade { get; set; }

    public bool Manifest { get; set; }

    public byte Priority { get; set; }

    /// <summary>The seek it serves.</summary>
    public SeekDemand? Seek { get; set; }

    /// <summary>The move to another fork it serves.</summary>
    public ReorgState? Reorg { get; set; }

    /// <summary>
    /// The nodes to ask for with the block when the answer to the request before it brings the others. If that one fails, or comes later, this one's answer
    /// can not be verified, through no fault of the peer.
    /// </summary>
    public ulong? SharedNodes { get; set; }

    /// <summary>Another peer was asked for the same block.</summary>
    public bool IsDoubled { get; set; }

    /// <summary>Neighbours in the peer's list, by age.</summary>
    public Request? Older { get; set; }

    public Request? Newer { get; set; }
}
