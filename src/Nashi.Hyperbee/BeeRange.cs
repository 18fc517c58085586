namespace Nashi.Hyperbee;

/// <summary>Which keys to read, and how.</summary>
public sealed record BeeRange
{
    /// <summary>Every key, in order.</summary>
    public static BeeRange All { get; } = new();

    /// <summary>Only keys greater than this.</summary>
    public ReadOnlyMemory<byte>? GreaterThan { get; init; }

    /// <summary>Only this key and greater ones.</summary>
    public ReadOnlyMemory<byte>? AtLeast { get; init; }

    /// <summary>Only keys less than this.</summary>
    public ReadOnlyMemory<byte>? LessThan { get; init; }

    /// <summary>Only this key and lesser ones.</summary>
    public ReadOnlyMemory<byte>? AtMost { get; init; }

    /// <summary>From the greatest key down. Default: false.</summary>
    public bool Reverse { get; init; }

    /// <summary>At most so many entries. Default: all.</summary>
    public long Limit { get; init; } = long.MaxValue;
}
