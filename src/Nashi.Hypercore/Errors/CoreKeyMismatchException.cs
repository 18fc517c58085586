using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>Key, manifest and key pair do not belong together.</summary>
public sealed class CoreKeyMismatchException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public CoreKeyMismatchException(CoreKey key, string message)
        : base("INVALID_MANIFEST", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }
}
