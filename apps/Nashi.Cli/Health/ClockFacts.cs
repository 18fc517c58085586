namespace Nashi.Cli.Health;

/// <summary>What a machine knows of its own clock. Peers cannot help: nothing that they send tells the time.</summary>
internal sealed record ClockFacts
{
    /// <summary>What it shows.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>By how much it went faster than the steady clock while we watched; negative when it was set back.</summary>
    public TimeSpan Jumped { get; init; }

    /// <summary>The latest time at which something of ours was written: it was in the past once.</summary>
    public DateTimeOffset? Newest { get; init; }

    /// <summary>What that was.</summary>
    public string NewestName { get; init; } = "";

    /// <summary>How far off the system's time service believes the clock to be, at most; null when no service keeps it, or the system does not tell.</summary>
    public TimeSpan? MaxError { get; init; }
}
