namespace Nashi.Udx.Tests;

/// <summary>What a path does to packets, in both directions unless said otherwise. Times in milliseconds, one way.</summary>
internal sealed record PathModel
{
    public double Delay { get; init; }

    /// <summary>Each packet is delayed by up to this much more or less, and overtaken by others.</summary>
    public double Jitter { get; init; }

    public double Loss { get; init; }

    /// <summary>Loss of what comes back.</summary>
    public double BackLoss { get; init; }

    /// <summary>How likely a burst of losses begins, and how likely it ends.</summary>
    public (double Begin, double End) Bursts { get; init; }

    public double Duplicate { get; init; }

    /// <summary>How many packets are held, and for how long.</summary>
    public (double Share, double Milliseconds) Held { get; init; }

    /// <summary>Of each direction's bottleneck.</summary>
    public double Megabits { get; init; } = 400;

    /// <summary>Bytes that wait before the bottleneck; more are dropped.</summary>
    public long Queue { get; init; } = 1 << 20;

    public int Mtu { get; init; } = 1500;

    /// <summary>Nothing passes from the first second to the second.</summary>
    public (double From, double To) BlackOut { get; init; }
}
