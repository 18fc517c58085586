namespace Nashi.Hypercore.Merkle;

/// <summary>What a peer asks us to prove, or we ask of a peer. Spec: data.md §2.5, §3.2.</summary>
public sealed record ProofRequest
{
    /// <summary>A block and its path.</summary>
    public BlockRequest? Block { get; init; }

    /// <summary>A tree node and its path.</summary>
    public HashRequest? Hash { get; init; }

    /// <summary>The node in which a byte offset lies.</summary>
    public SeekRequest? Seek { get; init; }

    /// <summary>A signed growth of the tree.</summary>
    public UpgradeRequest? Upgrade { get; init; }

    /// <summary>Whether the answer should carry the manifest.</summary>
    public bool Manifest { get; init; }
}
