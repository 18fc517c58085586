namespace Nashi.BlindPeer.Server;

/// <summary>Which core goes first when room is needed: the lowest priority, and among those the one that nobody used for the longest time. Announced ones go last.</summary>
internal sealed class RankComparer : IComparer<HostRecord>
{
    public static RankComparer Instance { get; } = new();

    public static int CompareClass(HostRecord a, HostRecord b)
    {
        var announced = a.Announce.CompareTo(b.Announce);
        return announced != 0 ? announced : a.Priority.CompareTo(b.Priority);
    }

    public int Compare(HostRecord? x, HostRecord? y)
    {
        if (ReferenceEquals(x, y)) return 0;
        var byClass = CompareClass(x!, y!);
        if (byClass != 0) return byClass;
        var byActivity = x!.Active.CompareTo(y!.Active);
        return byActivity != 0 ? byActivity : x.Key.Value.CompareTo(y.Key.Value);
    }
}
