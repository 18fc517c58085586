namespace Nashi.Encoding;

/// <summary>What a self-describing value holds; the numbers are the tags on the wire.</summary>
public enum CompactValueKind
{
    /// <summary>Nothing.</summary>
    Null = 0,

    /// <summary>True or false.</summary>
    Bool = 1,

    /// <summary>Text.</summary>
    String = 2,

    /// <summary>Bytes.</summary>
    Buffer = 3,

    /// <summary>An unsigned integer below 2^53.</summary>
    UInt = 4,

    /// <summary>A signed integer.</summary>
    Int = 5,

    /// <summary>An IEEE 64-bit number.</summary>
    Float = 6,

    /// <summary>A list of values.</summary>
    Array = 7,

    /// <summary>Named values in order.</summary>
    Object = 8,

    /// <summary>A moment, in milliseconds.</summary>
    Date = 9,
}
