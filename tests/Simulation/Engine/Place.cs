namespace Nashi.Simulation.Engine;

/// <summary>Where a host lives: in one of six regions, some milliseconds behind the exchange there.</summary>
/// <param name="Region">The region.</param>
/// <param name="LastMile">Microseconds from the host to its exchange.</param>
internal readonly record struct Place(int Region, int LastMile)
{
    // One way, milliseconds, as public latency maps have them: Europe, North America east and west, South America, Asia, Oceania.
    private static readonly int[,] Between =
    {
        { 8, 42, 70, 100, 85, 135 },
        { 42, 8, 32, 60, 105, 105 },
        { 70, 32, 8, 85, 60, 72 },
        { 100, 60, 85, 12, 150, 145 },
        { 85, 105, 60, 150, 25, 60 },
        { 135, 105, 72, 145, 60, 10 },
    };

    private static readonly double[] Shares = [0.40, 0.20, 0.12, 0.07, 0.18, 0.03];

    public static Place Draw(Dice dice)
    {
        var (region, left) = (0, dice.NextDouble());
        while (region < Shares.Length - 1 && left >= Shares[region]) left -= Shares[region++];

        // Half sit within 6 ms of their exchange, one of twenty further than 25.
        return new(region, (int)(6000 * Math.Exp(0.85 * dice.NextNormal())));
    }

    /// <summary>Microseconds from here to there.</summary>
    public int DelayTo(in Place other, Dice dice) =>
        (Between[Region, other.Region] * 1000) + Math.Min(LastMile, 200_000) + Math.Min(other.LastMile, 200_000) + (int)(1500 * -Math.Log(1 - dice.NextDouble()));
}
