namespace Nashi.HyperDB;

/// <summary>Which keys of an index change when a record does.</summary>
internal static class IndexKeys
{
    /// <summary>Keys to delete, and then keys to set. Keys that stay are neither; the order is part of the format.</summary>
    public static void AddChanges(List<IndexUpdate> changes, IReadOnlyList<byte[]> old, IReadOnlyList<byte[]> now, byte[] recordKey)
    {
        var (gone, come) = Difference(old, now);
        changes.AddRange(gone.Select(key => new IndexUpdate(key, null)));
        changes.AddRange(come.Select(key => new IndexUpdate(key, recordKey)));
    }

    private static (IReadOnlyList<byte[]> Gone, IReadOnlyList<byte[]> Come) Difference(IReadOnlyList<byte[]> old, IReadOnlyList<byte[]> now)
    {
        if (old.Count == 0 || now.Count == 0) return (old, now);
        if (old.Count == 1 && now.Count == 1) return BytesComparer.Instance.Equals(old[0], now[0]) ? ([], []) : (old, now);
        byte[][] a = [.. old.Order(BytesComparer.Instance)], b = [.. now.Order(BytesComparer.Instance)];
        List<byte[]> gone = [], come = [];
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            var order = i == a.Length ? 1 : j == b.Length ? -1 : BytesComparer.Instance.Compare(a[i], b[j]);
            if (order <= 0) i++;
            if (order >= 0) j++;
            if (order < 0) gone.Add(a[i - 1]);
            if (order > 0) come.Add(b[j - 1]);
        }

        return (gone, come);
    }
}
