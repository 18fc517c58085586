using Nashi.Encoding;
using Nashi.Hypercore.State;

namespace Nashi.Hypercore.Merkle;

/// <summary>Tells which stored nodes and blocks belong to a tree whose roots are known to be right.</summary>
internal sealed class TreeProver
{
    private readonly INodeSource _nodes;
    private readonly ulong _length;

    // By index: nodes that are proved.
    private readonly Bitfield _proved = new();

    public TreeProver(INodeSource nodes, ReadOnlySpan<TreeNode> roots, ulong length)
    {
        (_nodes, _length) = (nodes, length);
        foreach (var root in roots) _proved.SetRange(root.Index, root.Index + 1, true);
    }

    /// <summary>Whether a leaf is of the tree; adds it and what proves it, as far as that was not given before.</summary>
    public bool TryProve(in TreeNode leaf, List<TreeNode>? nodes = null)
    {
        var path = new List<TreeNode>();
        var node = leaf;
        while (!_proved.Get(node.Index))
        {
            path.Add(node);
            if (!TreeMath.IsWithin(FlatTree.Parent(node.Index), _length) || !_nodes.TryGet(FlatTree.Sibling(node.Index), out var sibling)) return false;
            if (!_nodes.TryGet(FlatTree.Parent(node.Index), out var parent) || MerkleHash.ParentNode(node, sibling) != parent) return false;
            path.Add(sibling);
            node = parent;
        }

        // The last is proved, and was compared with what it stands for; but a leaf may be proved itself and still not be the one given.
        if (path.Count == 0 && (!_nodes.TryGet(leaf.Index, out var known) || known != leaf)) return false;
        foreach (var each in path) _proved.SetRange(each.Index, each.Index + 1, true);
        nodes?.AddRange(path);
        return true;
    }
}
