namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What a peer said it holds: everything below a mark, and some blocks above.</summary>
internal sealed class RemoteBlocks
{
    private readonly BlockSet _sparse = new();

    /// <summary>It holds every block below.</summary>
    public ulong Contiguous { get; private set; }

    public bool Has(ulong block) => block < Contiguous || _sparse.Contains(block);

    public void Apply(in RangeMessage range)
    {
        if (range.Drop)
        {
            Drop(range.Start, range.End);
            return;
        }

        if (range.Start <= Contiguous) Contiguous = Math.Max(Contiguous, range.End);
        else _sparse.SetRange(range.Start, range.End, true);
    }

    /// <summary>A bitfield tells the whole truth about its window, and that the peer is not contiguous beyond its start.</summary>
    public void Apply(in BitfieldMessage message)
    {
        if (message.Start % 32 != 0) return;
        var end = message.Start + ((ulong)message.Count * 32);
        if (message.Start < Contiguous)
        {
            if (end < Contiguous) _sparse.SetRange(end, Contiguous, true);
            Contiguous = message.Start;
        }

        _sparse.Insert(message.Start, message);
    }

    public void Drop(ulong start, ulong end)
    {
        if (start < Contiguous)
        {
            if (end < Contiguous) _sparse.SetRange(end, Contiguous, true);
            Contiguous = start;
        }

        _sparse.SetRange(start, end, false);
    }

    /// <summary>Whether every block of a range is there.</summary>
    public bool HasAll(ulong start, ulong end)
    {
        if (end <= Contiguous) return true;
        for (var block = Math.Max(start, Contiguous); block < end; block++)
        {
            if (!_sparse.Contains(block)) return false;
        }

        return true;
    }

    /// <summary>Sets words to the bits from a multiple of 32 on.</summary>
    public void CopyBits(ulong start, Span<uint> words)
    {
        words.Clear();
        for (var i = 0; i < words.Length; i++)
        {
            var at = start + ((ulong)i * 32);
            if (at >= Contiguous) break;
            var left = Contiguous - at;
            words[i] = left >= 32 ? uint.MaxValue : (1u << (int)left) - 1;
        }

        _sparse.OrInto(start, words);
    }

    /// <summary>A block from which on something may be there, at or after <paramref name="block"/>.</summary>
    public ulong NextPossible(ulong block) => block < Contiguous ? block : _sparse.NextPage(block);
}
