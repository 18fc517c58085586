using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.BlindPeer.Server;

/// <summary>What the server knows of a core it keeps. Owned by the <see cref="HostPolicy"/>; times are milliseconds since 1970.</summary>
internal sealed class HostRecord(CoreKey key)
{
    /// <summary>How many clients are remembered as those who asked for it; with more, only trusted ones may delete it.</summary>
    public const int MaxOwners = 16;

    // What is kept beside each block: two nodes of the tree, its key and a bit.
    private const long CostPerBlock = 128;

    public CoreKey Key { get; } = key;

    public DiscoveryKey DiscoveryKey { get; } = key.ToDiscoveryKey();

    public CoreKey? Referrer { get; set; }

    public int Priority { get; set; }

    public bool Announce { get; set; }

    /// <summary>Who asked for it.</summary>
    public List<PublicKey> Owners { get; init; } = [];

    public bool HasManyOwners { get; set; }

    /// <summary>Its first owner has a stranger's limits.</summary>
    public bool IsStrangers { get; set; }

    public long Added { get; set; }

    /// <summary>When it grew last.</summary>
    public long Updated { get; set; }

    /// <summary>When anybody used it last.</summary>
    public long Active { get; set; }

    /// <summary>The length up to which blocks may be stored.</summary>
    public ulong Length { get; set; }

    /// <summary>The bytes of all blocks up to there, as its writer signed.</summary>
    public ulong Bytes { get; set; }

    /// <summary>Blocks below were given up, and are not fetched again.</summary>
    public ulong BlocksCleared { get; set; }

    public ulong BytesCleared { get; set; }

    /// <summary>How long it is at whoever has more than we may store. Not persisted.</summary>
    public ulong ClaimedLength { get; set; }

    public ulong ClaimedBytes { get; set; }

    /// <summary>It waits for room. Not persisted.</summary>
    public bool IsWaiting { get; set; }

    /// <summary>Its blocks are being cleared. Not persisted.</summary>
    public bool IsClearing { get; set; }

    public ulong BytesAllocated => Bytes - BytesCleared;

    /// <summary>What it takes of the quota, and clearing it gives back.</summary>
    public long Cost => CostOf(Length, Bytes);

    /// <summary>What it would take at another length.</summary>
    public long CostOf(ulong length, ulong bytes) =>
        Times(CostPerBlock, length - Math.Min(length, BlocksCleared)) + Clamp(bytes - Math.Min(bytes, BytesCleared));

    // Any numbers may be signed: they only have to stay too large.
    private static long Times(long cost, ulong count) => count > (ulong)(long.MaxValue / 8 / cost) ? long.MaxValue / 8 : cost * (long)count;

    private static long Clamp(ulong bytes) => (long)Math.Min(bytes, long.MaxValue / 8);
}
