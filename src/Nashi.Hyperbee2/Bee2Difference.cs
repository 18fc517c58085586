namespace Nashi.Hyperbee2;

/// <summary>A key that two versions of a tree do not agree on.</summary>
/// <param name="Left">The entry in this version; <see langword="null"/> when it is not there.</param>
/// <param name="Right">The entry in the other version; <see langword="null"/> when it is not there.</param>
public sealed record Bee2Difference(Bee2Entry? Left, Bee2Entry? Right)
{
    /// <summary>The key.</summary>
    public ReadOnlyMemory<byte> Key => (Left ?? Right)!.Key;
}
