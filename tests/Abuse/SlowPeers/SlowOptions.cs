namespace Nashi.Abuse.SlowPeers;

/// <summary>How a crowd of slow peers is.</summary>
internal sealed record SlowOptions
{
    /// <summary>Slow peers at once.</summary>
    public int Peers { get; init; } = 500;

    /// <summary>Blocks of the served core.</summary>
    public int Blocks { get; init; } = 2000;

    /// <summary>Bytes of each.</summary>
    public int BlockSize { get; init; } = 65_536;

    /// <summary>How long they stay. The seeder's deadlines for half-open connections and unfinished frames are 30 s at most.</summary>
    public TimeSpan Stay { get; init; } = TimeSpan.FromSeconds(45);
}
