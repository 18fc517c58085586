using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>A signature that was given does not cover what it was given for; nothing was stored.</summary>
public sealed class InvalidSignatureException : NashiException
{
    /// <summary>Says which core it is about.</summary>
    public InvalidSignatureException(CoreKey key, string message)
        : base("INVALID_SIGNATURE", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }
}
