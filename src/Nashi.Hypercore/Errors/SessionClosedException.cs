using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>The session, or the core below it, is closed.</summary>
public sealed class SessionClosedException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public SessionClosedException(CoreKey key, string message)
        : base("SESSION_CLOSED", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }
}
