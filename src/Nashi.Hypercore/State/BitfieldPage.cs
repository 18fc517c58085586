using System.Numerics;

namespace Nashi.Hypercore.State;

/// <summary>32768 bits. One writer; readers see each word whole.</summary>
internal sealed class BitfieldPage
{
    public const int Bits = 32768;
    public const int Words = Bits / 64;

    public readonly ulong[] Data = new ulong[Words];

    /// <summary>How many bits are set.</summary>
    public int Count;

    public void SetRange(int start, int end, bool value)
    {
        while (start < end)
        {
            var word = start >> 6;
            var from = start & 63;
            var to = Math.Min(64, end - (word << 6));
            var mask = (to == 64 ? ulong.MaxValue : (1UL << to) - 1) & (ulong.MaxValue << from);
            var before = Data[word];
            var after = value ? before | mask : before & ~mask;
            Count += BitOperations.PopCount(after) - BitOperations.PopCount(before);
            Volatile.Write(ref Data[word], after);
            start = (word << 6) + to;
        }
    }

    /// <summary>The first bit of that value at or after <paramref name="start"/>; -1 when there is none.</summary>
    public int FindFirst(bool value, int start)
    {
        for (var word = start >> 6; word < Words; word++)
        {
            var bits = value ? Volatile.Read(ref Data[word]) : ~Volatile.Read(ref Data[word]);
            if (word == start >> 6) bits &= ulong.MaxValue << (start & 63);
            if (bits != 0) return (word << 6) + BitOperations.TrailingZeroCount(bits);
        }

        return -1;
    }

    /// <summary>The last bit of that value at or before <paramref name="end"/>; -1 when there is none.</summary>
    public int FindLast(bool value, int end)
    {
        for (var word = end >> 6; word >= 0; word--)
        {
            var bits = value ? Volatile.Read(ref Data[word]) : ~Volatile.Read(ref Data[word]);
            if (word == end >> 6) bits &= ulong.MaxValue >> (63 - (end & 63));
            if (bits != 0) return (word << 6) + 63 - BitOperations.LeadingZeroCount(bits);
        }

        return -1;
    }
}
