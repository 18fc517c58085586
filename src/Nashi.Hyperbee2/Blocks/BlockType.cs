namespace Nashi.Hyperbee2.Blocks;

/// <summary>The format of a block: its first number.</summary>
internal enum BlockType
{
    /// <summary>The first format: every node in full.</summary>
    Version0 = 0,

    /// <summary>The current format: nodes as changes to earlier ones.</summary>
    Version1 = 1,

    /// <summary>A block of the older Hyperbee. Its protobuf happens to start with a 10.</summary>
    Compat = 10,
}
