namespace Nashi.Simulation.Nodes;

/// <summary>What a simulated DHT is like.</summary>
internal sealed record WorldOptions
{
    public int Nodes { get; init; } = 1000;

    public ulong Seed { get; init; } = 1;

    /// <summary>The share of datagrams that get lost.</summary>
    public double Loss { get; init; } = 0.015;

    /// <summary>The share of nodes behind translators, which do not serve.</summary>
    public double Nat { get; init; } = 0.7;

    /// <summary>The share of nodes that go, and of others that come, in an hour.</summary>
    public double ChurnPerHour { get; init; } = 0.3;

    /// <summary>How many nodes join in a second at first.</summary>
    public int JoinsPerSecond { get; init; } = 100;
}
