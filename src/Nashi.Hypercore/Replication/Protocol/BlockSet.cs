namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>A set of blocks in pages of bits, of bounded memory.</summary>
/// <remarks>Pages that are full cost nothing but their entry. Past the limits additions are dropped: what is not in the set is merely not known.</remarks>
internal sealed class BlockSet(int maxPages = 2048, int maxFullPages = 65536)
{
    public const ulong PageBits = 32768;
    private const int PageWords = (int)(PageBits / 32);

    private static readonly uint[] Full = MakeFull();

    private readonly Dictionary<ulong, uint[]> _pages = [];
    private int _fullPages;

    public bool IsEmpty => _pages.Count == 0;

    public bool Contains(ulong block)
    {
        if (!_pages.TryGetValue(block / PageBits, out var page)) return false;
        var bit = (int)(block % PageBits);
        return (page[bit >> 5] & (1u << (bit & 31))) != 0;
    }

    public void Add(ulong block) => SetRange(block, block + 1, true);

    public void Remove(ulong block) => SetRange(block, block + 1, false);

    public void SetRange(ulong start, ulong end, bool value)
    {
        if (end <= start) return;
        if (!value && _pages.Count < (int)Math.Min(int.MaxValue, ((end - start) / PageBits) + 2))
        {
            foreach (var page in _pages.Keys.ToArray()) SetInPage(page, start, end, false);
            return;
        }

        var last = (end - 1) / PageBits;
        for (var page = start / PageBits; page <= last; page++)
        {
            if (!SetInPage(page, start, end, value)) return;
        }
    }

    /// <summary>Replaces bits from a multiple of 32 on.</summary>
    public void Insert(ulong start, in BitfieldMessage message)
    {
        for (var i = 0; i < message.Count; i++) SetWord(start + ((ulong)i * 32), message[i]);
    }

    /// <summary>Adds the set's bits, from a multiple of 32 on, to words.</summary>
    public void OrInto(ulong start, Span<uint> words)
    {
        var i = 0;
        while (i < words.Length)
        {
            var at = start + ((ulong)i * 32);
            var first = (int)(at % PageBits / 32);
            var count = Math.Min(words.Length - i, PageWords - first);
            if (_pages.TryGetValue(at / PageBits, out var page))
            {
                for (var k = 0; k < count; k++) words[i + k] |= page[first + k];
            }

            i += count;
        }
    }

    /// <summary>The first block of the first page at or after <paramref name="block"/>'s that has any; <see cref="ulong.MaxValue"/> when none has.</summary>
    public ulong NextPage(ulong block)
    {
        var page = block / PageBits;
        if (_pages.ContainsKey(page)) return block;
        var next = ulong.MaxValue;
        foreach (var key in _pages.Keys)
        {
            if (key > page && key < next) next = key;
        }

        return next == ulong.MaxValue ? next : next * PageBits;
    }

    public void Clear()
    {
        _pages.Clear();
        _fullPages = 0;
    }

    private static uint[] MakeFull()
    {
        var page = new uint[PageWords];
        Array.Fill(page, uint.MaxValue);
        return page;
    }

    /// <summary>False when the limit of pages is reached.</summary>
    private bool SetInPage(ulong page, ulong start, ulong end, bool value)
    {
        var pageStart = page * PageBits;
        if (end <= pageStart || start >= pageStart + PageBits) return true;
        var from = (int)(Math.Max(start, pageStart) - pageStart);
        var to = (int)(Math.Min(end, pageStart + PageBits) - pageStart);
        if (from == 0 && to == (int)PageBits) return SetWholePage(page, value);
        var words = value ? WritablePage(page) : _pages.ContainsKey(page) ? WritablePage(page) : null;
        if (words is null) return !value;
        for (var i = from >> 5; i <= (to - 1) >> 5; i++)
        {
            var mask = uint.MaxValue;
            if (i == from >> 5) mask &= uint.MaxValue << (from & 31);
            if (i == (to - 1) >> 5) mask &= uint.MaxValue >> (31 - ((to - 1) & 31));
            words[i] = value ? words[i] | mask : words[i] & ~mask;
        }

        if (!value && !words.AsSpan().ContainsAnyExcept(0u)) _ = _pages.Remove(page);
        return true;
    }

    private bool SetWholePage(ulong page, bool value)
    {
        if (!value)
        {
            if (_pages.Remove(page, out var gone) && gone == Full) _fullPages--;
            return true;
        }

        if (_pages.TryGetValue(page, out var known) && known == Full) return true;
        if (_fullPages >= maxFullPages) return false;
        _pages[page] = Full;
        _fullPages++;
        return true;
    }

    private void SetWord(ulong start, uint word)
    {
        var page = start / PageBits;
        if (word == 0 && !_pages.ContainsKey(page)) return;
        if (_pages.TryGetValue(page, out var known) && known == Full && word == uint.MaxValue) return;
        var words = WritablePage(page);
        if (words is not null) words[(int)(start % PageBits / 32)] = word;
    }

    private uint[]? WritablePage(ulong page)
    {
        if (_pages.TryGetValue(page, out var words) && words != Full) return words;
        if (_pages.Count - _fullPages >= maxPages) return null;
        if (words is not null) _fullPages--;
        return _pages[page] = words is null ? new uint[PageWords] : (uint[])words.Clone();
    }
}
