namespace Nashi.Laboratory.Links;

/// <summary>Chance that repeats: the same seed and the same packets meet the same fate.</summary>
internal sealed class Dice(ulong seed)
{
    private ulong _state = seed * 0xD1342543DE82EF95 + 1;

    public ulong Next()
    {
        // A Weyl sequence through the finalizer of MurmurHash3.
        var value = _state += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 33)) * 0xFF51AFD7ED558CCD;
        value = (value ^ (value >> 33)) * 0xC4CEB9FE1A85EC53;
        return value ^ (value >> 33);
    }

    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    public bool Hit(double chance) => chance > 0 && Unit() < chance;
}
