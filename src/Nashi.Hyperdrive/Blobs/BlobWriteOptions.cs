namespace Nashi.Hyperdrive;

/// <summary>How a blob is written.</summary>
public sealed record BlobWriteOptions
{
    /// <summary>The defaults: blocks one after the other.</summary>
    public static BlobWriteOptions Default { get; } = new();

    /// <summary>Writes a block map after the blocks. Default: false.</summary>
    public bool BlockMap { get; init; }

    /// <summary>Stores blocks that the blob, or <see cref="Previous"/>, has already only once; implies a block map. Default: false.</summary>
    public bool Dedup { get; init; }

    /// <summary>Cuts by content instead of taking the chunks as they come, so that equal parts are found after insertions. Default: false.</summary>
    public bool ChunkByContent { get; init; }

    /// <summary>An earlier version of the same content.</summary>
    public BlobId? Previous { get; init; }
}
