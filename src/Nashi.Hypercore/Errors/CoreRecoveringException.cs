using Nashi.Encoding;

namespace Nashi.Hypercore;

/// <summary>The store lost its log: appending now could fork the core.</summary>
public sealed class CoreRecoveringException : NashiException
{
    /// <summary>Says which core it is about and what to do.</summary>
    public CoreRecoveringException(CoreKey key, string message)
        : base("CORE_RECOVERING", message) => Key = key;

    /// <summary>The core.</summary>
    public CoreKey Key { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
