namespace Nashi.HyperDB;

/// <summary>Which records to find, by their keys; by default all, in order. Keys may lack values at the end: they then stand for all keys that begin with them.</summary>
public sealed record KeyRange<TKey>
    where TKey : struct
{
    /// <summary>Only keys after this and after all keys that begin with it.</summary>
    public TKey? GreaterThan { get; init; }

    /// <summary>Only this key and later ones.</summary>
    public TKey? AtLeast { get; init; }

    /// <summary>Only keys before this and before all keys that begin with it.</summary>
    public TKey? LessThan { get; init; }

    /// <summary>Only keys up to this and up to all keys that begin with it.</summary>
    public TKey? AtMost { get; init; }

    /// <summary>Only keys that begin with this: the same as <see cref="AtLeast"/> and <see cref="AtMost"/> together.</summary>
    public TKey? Under { get; init; }

    /// <summary>From the last key back. Default: false.</summary>
    public bool Reverse { get; init; }

    /// <summary>At most so many records. Default: all.</summary>
    public long Limit { get; init; } = long.MaxValue;
}
