using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>Two different trees were signed for the core: it is frozen.</summary>
public sealed class CoreFrozenException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public CoreFrozenException(CoreKey key, string message)
        : base("HYPERCORE_CONFLICT", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }
}
