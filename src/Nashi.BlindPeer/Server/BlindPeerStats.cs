namespace Nashi.BlindPeer;

/// <summary>How a blind peer fares.</summary>
public sealed record BlindPeerStats
{
    /// <summary>Cores it keeps.</summary>
    public int Cores { get; init; }

    /// <summary>Cores that are open now.</summary>
    public int OpenCores { get; init; }

    /// <summary>Cores that are announced under their discovery keys.</summary>
    public int AnnouncedCores { get; init; }

    /// <summary>Cores that grew by more than there is room for.</summary>
    public int WaitingCores { get; init; }

    /// <summary>What it takes of the quota: blocks, and what is kept beside them.</summary>
    public long BytesUsed { get; init; }

    /// <summary>The most it may take.</summary>
    public long Quota { get; init; }

    /// <summary>Connections now.</summary>
    public int Connections { get; init; }

    /// <summary>Requests for cores since it started, one for each core.</summary>
    public long Requested { get; init; }

    /// <summary>Of these, refused.</summary>
    public long Refused { get; init; }

    /// <summary>Cores deleted on request.</summary>
    public long Deleted { get; init; }

    /// <summary>Cores whose blocks were given up to make room.</summary>
    public long CoresCollected { get; init; }

    /// <summary>The bytes of these.</summary>
    public ulong BytesCollected { get; init; }

    /// <summary>News told to members of wake-up topics.</summary>
    public long WakeupsSent { get; init; }

    /// <summary>Failures of the disk: what was asked then was refused, and is tried again.</summary>
    public long StorageFailures { get; init; }

    /// <summary>Whether the last attempt to write failed.</summary>
    public bool IsStorageFailing { get; init; }
}
