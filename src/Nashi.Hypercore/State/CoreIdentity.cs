using Nashi.Encoding;
using Nashi.Storage;

namespace Nashi.Hypercore.State;

/// <summary>Which core to open: by its key, or else by what <see cref="CoreOptions"/> say about who signs it.</summary>
internal sealed record CoreIdentity
{
    public CoreKey? Key { get; init; }

    /// <summary>The name to keep a new core under.</summary>
    public CoreAlias? Alias { get; init; }
}
