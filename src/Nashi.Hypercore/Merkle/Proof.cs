using Nashi.Hypercore.Manifests;

namespace Nashi.Hypercore.Merkle;

/// <summary>The answer to a <see cref="ProofRequest"/>: the body of a DATA message. Nothing in it is true until verified. Spec: data.md §2.5, §3.2.</summary>
public sealed record Proof
{
    /// <summary>The fork that the answer speaks of.</summary>
    public ulong Fork { get; init; }

    /// <summary>A block and its path.</summary>
    public BlockProof? Block { get; init; }

    /// <summary>A tree node and its path.</summary>
    public HashProof? Hash { get; init; }

    /// <summary>The node in which a byte offset lies, and its path.</summary>
    public SeekProof? Seek { get; init; }

    /// <summary>A signed growth of the tree.</summary>
    public UpgradeProof? Upgrade { get; init; }

    /// <summary>Who may sign this core; must hash to its key.</summary>
    public Manifest? Manifest { get; init; }
}
