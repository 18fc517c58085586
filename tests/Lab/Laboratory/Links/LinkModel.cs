namespace Nashi.Laboratory.Links;

/// <summary>What one direction of a link does to packets. The default does nothing.</summary>
internal sealed record LinkModel
{
    public static readonly LinkModel Clean = new();

    public double DelayMs { get; init; }

    /// <summary>The delay varies by this much either way. Packets keep their order unless <see cref="JitterReorders"/>.</summary>
    public double JitterMs { get; init; }

    public bool JitterReorders { get; init; }

    public double Loss { get; init; }

    /// <summary>Losses in a row: the chance that a burst begins with a packet, and that it ends with one.</summary>
    public (double Begins, double Ends) Burst { get; init; }

    public double Duplicate { get; init; }

    /// <summary>The chance that a packet is overtaken, and by how much it comes later.</summary>
    public (double Chance, double LaterMs) Reorder { get; init; }

    /// <summary>The chance that one bit of a packet's payload flips.</summary>
    public double Corrupt { get; init; }

    /// <summary>Kilobits a second; 0 is no limit.</summary>
    public double RateKbit { get; init; }

    /// <summary>What waits before the rate limit; more is dropped.</summary>
    public int QueueBytes { get; init; } = 256 * 1024;

    /// <summary>Longer packets vanish without a word, as on a path whose ICMP is filtered; 0 is no limit.</summary>
    public int Mtu { get; init; }

    /// <summary>A black-out.</summary>
    public bool IsDown { get; init; }

    public bool IsImmediate => DelayMs == 0 && JitterMs == 0 && RateKbit == 0 && Reorder.Chance == 0;

    public static LinkModel Delayed(double milliseconds, double loss = 0) => new() { DelayMs = milliseconds, Loss = loss };
}
