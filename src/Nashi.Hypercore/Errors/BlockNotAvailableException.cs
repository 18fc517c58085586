using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>A block is not here, and waiting for it was not wanted or no peer has it.</summary>
public sealed class BlockNotAvailableException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public BlockNotAvailableException(CoreKey key, string message)
        : base("BLOCK_NOT_AVAILABLE", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
