using Nashi.Cryptography;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>The changes of one storage write while they are collected. Reused; owned by the lane.</summary>
internal sealed class WriteRound(CoreState core, CoreWriteBatch batch) : INodeSource
{
    private readonly Dictionary<ulong, TreeNode> _nodes = [];

    public CoreState Core => core;

    public CoreWriteBatch Batch => batch;

    /// <summary>The tree as this round leaves it.</summary>
    public MerkleBatch Tree { get; } = new();

    /// <summary>Where works try things out before they touch <see cref="Tree"/>.</summary>
    public MerkleBatch Scratch { get; } = new();

    /// <summary>All tree nodes that are to be stored.</summary>
    public List<TreeNode> NewNodes { get; } = [];

    /// <summary>Blocks that come or go, in order.</summary>
    public List<BlockRange> Changes { get; } = [];

    public Durability Durability { get; set; }

    /// <summary>Whether the tree changed, so that a new head is due.</summary>
    public bool IsUpgraded { get; set; }

    /// <summary>Where the tree was cut, if it was.</summary>
    public ulong? TruncatedTo { get; set; }

    /// <summary>The signature of the new tree; null when the lane is to sign.</summary>
    public byte[]? Signature { get; set; }

    /// <summary>What signs instead of the core's key pair.</summary>
    public KeyPair? Signer { get; set; }

    /// <summary>Whether the blocks that come are our own, not downloaded.</summary>
    public bool IsOwn { get; set; }

    /// <summary>Whether stored nodes are removed.</summary>
    public bool ArePruned { get; set; }

    /// <summary>A manifest learnt in this round.</summary>
    public CoreVerifier? NewVerifier { get; set; }

    public bool IsEmpty => batch.Count == 0 && !IsUpgraded && Changes.Count == 0 && NewNodes.Count == 0 && NewVerifier is null;

    public void Begin()
    {
        batch.Clear();
        Tree.Reset(core.Tree);
        NewNodes.Clear();
        Changes.Clear();
        _nodes.Clear();
        (Durability, IsUpgraded, TruncatedTo, Signature, NewVerifier) = (Durability.Buffered, false, null, null, null);
        (Signer, IsOwn, ArePruned) = (null, false, false);
    }

    /// <summary>Asks for at least this durability.</summary>
    public void Require(Durability durability)
    {
        if (durability == Durability.Synced) Durability = Durability.Synced;
    }

    public void AddNode(in TreeNode node, bool mayBeReadBack)
    {
        NewNodes.Add(node);
        if (mayBeReadBack) _nodes[node.Index] = node;
    }

    /// <summary>Notes blocks that come or go; adjoining ones become one range.</summary>
    public void AddChange(ulong start, ulong end, bool held)
    {
        if (Changes.Count > 0 && Changes[^1] is var last && last.Held == held && last.End == start) Changes[^1] = last with { End = end };
        else Changes.Add(new(start, end, held));
    }

    /// <summary>Whether a block is held once this round is stored.</summary>
    public bool WillHave(ulong index)
    {
        for (var i = Changes.Count - 1; i >= 0; i--)
        {
            if (index >= Changes[i].Start && index < Changes[i].End) return Changes[i].Held;
        }

        return core.Bits.Get(index);
    }

    public bool TryGet(ulong index, out TreeNode node) => _nodes.TryGetValue(index, out node) || core.Nodes.TryGet(index, out node);
}
