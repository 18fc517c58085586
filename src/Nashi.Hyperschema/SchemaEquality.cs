using System.Text.Json;

namespace Nashi.Hyperschema;

/// <summary>Compares field values by what they hold. Generated records use it, so that two records with the same fields are equal.</summary>
public static class SchemaEquality
{
    /// <summary>Whether two byte strings are the same, or both absent.</summary>
    public static bool Bytes(ReadOnlyMemory<byte>? left, ReadOnlyMemory<byte>? right)
        => left is null ? right is null : right is { } other && left.Value.Span.SequenceEqual(other.Span);

    /// <summary>Whether two lists hold the same, or are both absent.</summary>
    public static bool List<T>(IReadOnlyList<T>? left, IReadOnlyList<T>? right, Func<T, T, bool> equal)
    {
        ArgumentNullException.ThrowIfNull(equal);
        if (left is null || right is null) return left is null && right is null;
        if (left.Count != right.Count) return false;
        for (var i = 0; i < left.Count; i++)
        {
            if (!equal(left[i], right[i])) return false;
        }

        return true;
    }

    /// <summary>Whether two maps hold the same, in any order, or are both absent.</summary>
    public static bool Map<TKey, TValue>(IReadOnlyDictionary<TKey, TValue>? left, IReadOnlyDictionary<TKey, TValue>? right, Func<TValue, TValue, bool> equal)
    {
        ArgumentNullException.ThrowIfNull(equal);
        if (left is null || right is null) return left is null && right is null;
        if (left.Count != right.Count) return false;
        foreach (var (key, value) in left)
        {
            if (!right.TryGetValue(key, out var other) || !equal(value, other)) return false;
        }

        return true;
    }

    /// <summary>Whether two JSON values are the same, or both absent.</summary>
    public static bool Json(JsonElement? left, JsonElement? right)
        => left is null ? right is null : right is { } other && JsonElement.DeepEquals(left.Value, other);
}
