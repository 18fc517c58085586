namespace Nashi.Hyperbee2;

/// <summary>The format in which blocks are written. Every format is read.</summary>
public enum Bee2Format
{
    /// <summary>The first format of Hyperbee2: nodes in full, all values beside their keys.</summary>
    Version0 = 0,

    /// <summary>The current format: nodes as changes to earlier ones.</summary>
    Version1 = 1,

    /// <summary>Blocks that the older Hyperbee can read, for a log that holds nothing else.</summary>
    Compat = 10,
}
