using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>A snapshot reaches into blocks that were truncated away since.</summary>
public sealed class SnapshotNotAvailableException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public SnapshotNotAvailableException(CoreKey key, string message)
        : base("SNAPSHOT_NOT_AVAILABLE", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }
}
