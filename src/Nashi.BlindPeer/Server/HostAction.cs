using Nashi.Encoding;

namespace Nashi.BlindPeer.Server;

/// <summary>What the <see cref="HostPolicy"/> wants done, in this order.</summary>
internal abstract record HostAction
{
    private HostAction()
    {
    }

    /// <summary>The record is to be written as it is now.</summary>
    internal sealed record Save(CoreKey Key) : HostAction;

    /// <summary>Blocks up to a length may be stored now: there is room for them.</summary>
    internal sealed record Download(CoreKey Key, ulong From, ulong To) : HostAction;

    /// <summary>All blocks are to be given up: say so with <see cref="HostPolicy.HandleCleared"/>.</summary>
    internal sealed record Clear(CoreKey Key) : HostAction;

    /// <summary>The core and its record are to be removed.</summary>
    internal sealed record Remove(CoreKey Key) : HostAction;
}
