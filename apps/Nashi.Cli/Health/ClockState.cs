namespace Nashi.Cli.Health;

/// <summary>What can be said of this machine's clock.</summary>
internal enum ClockState
{
    /// <summary>Nothing contradicts it, and nothing vouches for it.</summary>
    Unknown,

    /// <summary>The system says that a time service keeps it right.</summary>
    Kept,

    /// <summary>It contradicts itself, or what is on this machine.</summary>
    Wrong,
}
