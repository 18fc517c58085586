namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The windows that a peer wants to hear of.</summary>
internal sealed class RemoteWants
{
    /// <summary>A longer window is ignored, as the reference does.</summary>
    public const ulong MaxLength = 2097152;

    private const int MaxWindows = 512;
    private const int MaxAny = 16;

    private readonly HashSet<(ulong Start, ulong Length)> _windows = [];
    private readonly HashSet<(ulong Start, ulong Length)> _any = [];

    // A peer that wants more than we keep count of hears of everything.
    private bool _isAll;

    /// <summary>False when it is to be ignored.</summary>
    public bool Add(in WantMessage want)
    {
        if (want.Length is 0 or > MaxLength) return false;
        var list = want.Any ? _any : _windows;
        if (list.Count < (want.Any ? MaxAny : MaxWindows)) _ = list.Add((want.Start, want.Length));
        else _isAll |= !list.Contains((want.Start, want.Length));
        return true;
    }

    public void Remove(in WantMessage want) => _ = (want.Any ? _any : _windows).Remove((want.Start, want.Length));

    /// <summary>Whether any block of a range is wanted.</summary>
    public bool Touches(ulong start, ulong end)
    {
        if (_isAll) return true;
        foreach (var (from, length) in _windows)
        {
            if (start < from + length && from < end) return true;
        }

        foreach (var (from, length) in _any)
        {
            if (start < from + length && from < end) return true;
        }

        return false;
    }

    public IEnumerable<WantMessage> All => _windows.Select(w => new WantMessage(w.Start, w.Length, false));
}
