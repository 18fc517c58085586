using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>The core can not be written here.</summary>
public sealed class CoreNotWritableException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public CoreNotWritableException(CoreKey key, string message)
        : base("SESSION_NOT_WRITABLE", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }
}
