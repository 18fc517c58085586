namespace Nashi.Storage.Tests;

internal static class StoreExtensions
{
    /// <summary>Every key and value, in hex.</summary>
    public static SortedDictionary<string, string> Dump(this CorestoreStorage store)
    {
        var dump = new SortedDictionary<string, string>(StringComparer.Ordinal);
        using var cursor = store.Store.Range([], [7]);
        while (cursor.MoveNext()) dump[Convert.ToHexStringLower(cursor.Key)] = Convert.ToHexStringLower(cursor.Value);
        return dump;
    }
}
