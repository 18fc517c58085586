using System.Diagnostics.CodeAnalysis;

namespace Nashi.HyperDB;

/// <summary>Byte strings by what they hold.</summary>
internal sealed class BytesComparer : IEqualityComparer<byte[]>, IComparer<byte[]>
{
    public static BytesComparer Instance { get; } = new();

    public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

    public int GetHashCode([DisallowNull] byte[] obj)
    {
        var hash = default(HashCode);
        hash.AddBytes(obj);
        return hash.ToHashCode();
    }

    public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
}
