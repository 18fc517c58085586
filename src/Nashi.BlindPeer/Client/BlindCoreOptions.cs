using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>How blind peers are to keep a single core.</summary>
public sealed record BlindCoreOptions
{
    /// <summary>The defaults.</summary>
    public static BlindCoreOptions Default { get; } = new();

    /// <summary>What decides which blind peers keep it. Default: the core's key.</summary>
    public CoreKey? Target { get; init; }

    /// <summary>The key of a wake-up topic whose members are told of news. Default none.</summary>
    public CoreKey? Referrer { get; init; }

    /// <summary>How much it matters: 0 (the default) or 1; above for peers that the blind peer trusts.</summary>
    public int Priority { get; init; }

    /// <summary>Whether the blind peer is to be found under the core's discovery key; only for peers that it trusts. Default false.</summary>
    public bool Announce { get; init; }
}
