namespace Nashi.Hypercore.State;

/// <summary>Sets bits in a stored page.</summary>
internal static class BitEdit
{
    public static void SetRange(Span<byte> page, int start, int end, bool value)
    {
        for (; start < end && (start & 7) != 0; start++) Set(page, start, value);
        for (; start < end && (end & 7) != 0; end--) Set(page, end - 1, value);
        if (start < end) page[(start >> 3)..(end >> 3)].Fill(value ? (byte)0xff : (byte)0);
    }

    private static void Set(Span<byte> page, int bit, bool value)
    {
        if (value) page[bit >> 3] |= (byte)(1 << (bit & 7));
        else page[bit >> 3] &= (byte)~(1 << (bit & 7));
    }
}
