namespace Nashi.Abuse.Flooding;

/// <summary>How a flood is.</summary>
internal sealed record FloodOptions
{
    public required HostNetwork Network { get; init; }

    /// <summary>Datagrams in all.</summary>
    public int Count { get; init; } = 10_000_000;

    /// <summary>Datagrams a second.</summary>
    public int Rate { get; init; } = 20_000;

    /// <summary>Addresses they come from.</summary>
    public int Sources { get; init; } = 400;

    /// <summary>Only kinds whose name contains this.</summary>
    public string? Kind { get; init; }

    public ulong Seed { get; init; } = 1;

    /// <summary>How long the victim is left in peace before its memory is looked at.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromSeconds(60);
}
