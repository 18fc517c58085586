namespace Nashi.Hyperbee2.Blocks;

/// <summary>Bits that tell which fields follow, the lowest first.</summary>
internal static class Flags
{
    public static byte Of(params ReadOnlySpan<bool> bits)
    {
        var flags = 0;
        for (var i = 0; i < bits.Length; i++) flags |= bits[i] ? 1 << i : 0;
        return (byte)flags;
    }
}
