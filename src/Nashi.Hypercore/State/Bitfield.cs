using System.Runtime.InteropServices;

namespace Nashi.Hypercore.State;

/// <summary>Which blocks are held. One writer (the lane); any thread may read without a lock.</summary>
/// <remarks>Pages are found by number in a sorted table that is replaced, never changed, so that a stranger's enormous length costs nothing until bits are set.</remarks>
internal sealed class Bitfield
{
    public const ulong None = ulong.MaxValue;

    private volatile Table _table = new([], []);

    public bool Get(ulong index)
    {
        var page = Find(index / BitfieldPage.Bits);
        var bit = (int)(index % BitfieldPage.Bits);
        return page is not null && (Volatile.Read(ref page.Data[bit >> 6]) & (1UL << (bit & 63))) != 0;
    }

    public void SetRange(ulong start, ulong end, bool value)
    {
        if (!value)
        {
            ClearRange(start, end);
            return;
        }

        while (start < end)
        {
            var number = start / BitfieldPage.Bits;
            var to = Math.Min(end, (number + 1) * BitfieldPage.Bits);
            Require(number).SetRange((int)(start % BitfieldPage.Bits), (int)(to - (number * BitfieldPage.Bits)), true);
            start = to;
        }
    }

    public void Load(ulong number, ReadOnlySpan<byte> bits)
    {
        var page = Require(number);
        bits.CopyTo(MemoryMarshal.AsBytes(page.Data.AsSpan()));
        page.Count = 0;
        foreach (var word in page.Data) page.Count += System.Numerics.BitOperations.PopCount(word);
    }

    /// <summary>Copies a page as it is stored: lowest bit first. Zeroes when it has no bits.</summary>
    public void CopyPage(ulong number, Span<byte> bits)
    {
        if (Find(number) is { } page) MemoryMarshal.AsBytes(page.Data.AsSpan()).CopyTo(bits);
        else bits.Clear();
    }

    /// <summary>Copies words from a multiple of 32 on; false when none is set.</summary>
    public bool CopyBits(ulong start, Span<uint> words)
    {
        words.Clear();
        var any = false;
        for (var i = 0; i < words.Length; i++)
        {
            var at = start + ((ulong)i * 32);
            if (Find(at / BitfieldPage.Bits) is not { } page)
            {
                // Skip to the word before the next page.
                var left = (int)Math.Min((ulong)(words.Length - i), (BitfieldPage.Bits - (at % BitfieldPage.Bits)) / 32);
                i += left - 1;
                continue;
            }

            var bit = (int)(at % BitfieldPage.Bits);
            words[i] = (uint)(Volatile.Read(ref page.Data[bit >> 6]) >> (bit & 32));
            any |= words[i] != 0;
        }

        return any;
    }

    /// <summary>The first block at or after <paramref name="start"/> that is (or is not) held; <see cref="None"/> when none is held.</summary>
    public ulong FindFirst(bool value, ulong start)
    {
        var table = _table;
        var number = start / BitfieldPage.Bits;
        var at = table.IndexOf(number);
        if (at < 0) at = ~at;
        for (var from = start; ; from = number * BitfieldPage.Bits)
        {
            if (at == table.Numbers.Length) return value ? None : from;
            if (table.Numbers[at] > number)
            {
                if (!value) return from;
                number = table.Numbers[at];
                from = number * BitfieldPage.Bits;
            }

            var page = table.Pages[at];
            var skip = value ? page.Count == 0 : page.Count == BitfieldPage.Bits;
            var bit = skip ? -1 : page.FindFirst(value, (int)(from % BitfieldPage.Bits));
            if (bit >= 0) return (number * BitfieldPage.Bits) + (ulong)bit;
            number++;
            at++;
        }
    }

    /// <summary>The last block at or before <paramref name="end"/> that is (or is not) held; <see cref="None"/> when there is none.</summary>
    public ulong FindLast(bool value, ulong end)
    {
        var table = _table;
        var number = end / BitfieldPage.Bits;
        var at = table.IndexOf(number);
        if (at < 0) at = ~at - 1;
        for (var to = end; ; to = (number * BitfieldPage.Bits) + BitfieldPage.Bits - 1)
        {
            if (at < 0) return value ? None : to;
            if (table.Numbers[at] < number)
            {
                if (!value) return to;
                number = table.Numbers[at];
                to = (number * BitfieldPage.Bits) + BitfieldPage.Bits - 1;
            }

            var bit = table.Pages[at].FindLast(value, (int)(to % BitfieldPage.Bits));
            if (bit >= 0) return (number * BitfieldPage.Bits) + (ulong)bit;
            if (number == 0) return None;
            number--;
            at--;
        }
    }

    /// <summary>Numbers of the pages at or after one.</summary>
    public ReadOnlySpan<ulong> PagesFrom(ulong number)
    {
        var table = _table;
        var at = table.IndexOf(number);
        return table.Numbers.AsSpan(at < 0 ? ~at : at);
    }

    // A range may be as long as a stranger's core claims to be: only pages that exist count.
    private void ClearRange(ulong start, ulong end)
    {
        foreach (var number in PagesFrom(start / BitfieldPage.Bits))
        {
            var first = number * BitfieldPage.Bits;
            if (first >= end) return;
            Find(number)!.SetRange((int)(Math.Max(start, first) - first), (int)(Math.Min(end - first, BitfieldPage.Bits)), false);
        }
    }

    private BitfieldPage? Find(ulong number)
    {
        var table = _table;
        var at = table.IndexOf(number);
        return at < 0 ? null : table.Pages[at];
    }

    private BitfieldPage Require(ulong number)
    {
        var table = _table;
        var at = table.IndexOf(number);
        if (at >= 0) return table.Pages[at];
        var page = new BitfieldPage();
        _table = table.Insert(~at, number, page);
        return page;
    }

    private sealed class Table(ulong[] numbers, BitfieldPage[] pages)
    {
        public ulong[] Numbers => numbers;

        public BitfieldPage[] Pages => pages;

        // Most cores are held from the start on: then a page lies at its own number.
        public int IndexOf(ulong number) => number < (ulong)numbers.Length && numbers[(int)number] == number
            ? (int)number
            : Array.BinarySearch(numbers, number);

        public Table Insert(int at, ulong number, BitfieldPage page) =>
            new([.. numbers.AsSpan(0, at), number, .. numbers.AsSpan(at)], [.. pages.AsSpan(0, at), page, .. pages.AsSpan(at)]);
    }
}
