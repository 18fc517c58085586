using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>No peer answered in time.</summary>
public sealed class RequestTimeoutException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public RequestTimeoutException(CoreKey key, string message)
        : base("REQUEST_TIMEOUT", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
