namespace Nashi.Hyperbee2;

/// <summary>How a batch is written.</summary>
public sealed record Bee2WriteOptions
{
    /// <summary>The defaults.</summary>
    public static Bee2WriteOptions Default { get; } = new();

    /// <summary>The version to go on from, which may be in another core. Default: the newest one of this tree's own core.</summary>
    public Bee2Head? Base { get; init; }

    /// <summary>The format of the blocks. Default: the current one.</summary>
    public Bee2Format Format { get; init; } = Bee2Format.Version1;

    /// <summary>A longer value is kept apart from its key. Default: 1024 bytes.</summary>
    public int InlineValueSize { get; init; } = 1024;

    /// <summary>A block is ended when it is so large. Default: 4096 bytes.</summary>
    public int PreferredBlockSize { get; init; } = 4096;
}
