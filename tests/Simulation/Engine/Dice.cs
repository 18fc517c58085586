namespace Nashi.Simulation.Engine;

/// <summary>A quick generator of repeatable numbers. Not thread-safe.</summary>
internal sealed class Dice(ulong seed)
{
    private readonly SeededRandom _random = new(seed);

    public ulong NextUInt64() => _random.NextUInt64();

    public uint NextUInt32() => _random.NextUInt32();

    public int Next(int exclusiveMax) => (int)(((ulong)_random.NextUInt32() * (uint)exclusiveMax) >> 32);

    public double NextDouble() => (_random.NextUInt64() >> 11) * (1.0 / (1UL << 53));

    public double NextNormal() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Seconds until the next of events that come so often a second.</summary>
    public double NextWait(double perSecond) => -Math.Log(1 - NextDouble()) / perSecond;

    public void Fill(Span<byte> bytes) => _random.Fill(bytes);
}
