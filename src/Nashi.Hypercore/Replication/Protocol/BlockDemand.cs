namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Somebody waits for a block.</summary>
internal sealed class BlockDemand(ulong index)
{
    public ulong Index { get; } = index;

    /// <summary>How many wait.</summary>
    public int Waiters { get; set; }

    /// <summary>How many of them would rather hear no than wait for other peers.</summary>
    public int MayGiveUp { get; set; }

    /// <summary>When it was last asked about without luck; the time to give up counts from here.</summary>
    public Instant Since { get; set; }

    /// <summary>In the queue of blocks to request.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Where the shell keeps what to complete.</summary>
    public object? Tag { get; set; }
}
