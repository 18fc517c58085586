namespace Nashi.Testing;

/// <summary>How a virtual network treats datagrams.</summary>
public sealed record VirtualNetworkOptions
{
    /// <summary>The defaults: nothing is lost, everything takes 10 to 60 ms.</summary>
    public static VirtualNetworkOptions Default { get; } = new();

    /// <summary>The share of datagrams that get lost, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>The share of datagrams that arrive twice, 0 to 1.</summary>
    public double Duplication { get; init; }

    /// <summary>The shortest time a datagram takes.</summary>
    public TimeSpan MinDelay { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>The longest. Datagrams overtake each other within these bounds.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromMilliseconds(60);
}
