namespace Nashi.Hyperbee.Tree;

/// <summary>A node being edited.</summary>
internal sealed class TreeNode
{
    /// <summary>A node never keeps more keys than this: at this many it splits.</summary>
    public const int SplitAt = 9;

    /// <summary>A node other than the root never keeps fewer keys than this.</summary>
    public const int MinKeys = 4;

    public List<TreeKey> Keys { get; } = new(SplitAt);

    public List<TreeLink> Children { get; } = [];

    /// <summary>Whether the next block must store this node.</summary>
    public bool Changed { get; set; }

    public bool IsLeaf => Children.Count == 0;

    public static TreeNode From(BeeLevel level)
    {
        var node = new TreeNode();
        foreach (var seq in level.Keys) node.Keys.Add(new TreeKey(seq, null));
        for (var i = 0; i < level.Children.Length; i += 2) node.Children.Add(new TreeLink(level.Children[i], level.Children[i + 1], null));
        return node;
    }

    /// <summary>Moves the upper half into a new right sibling and answers it with the key between the two.</summary>
    public (TreeKey Median, TreeNode Right) Split()
    {
        var half = Keys.Count >> 1;
        var right = new TreeNode { Changed = true };
        right.Keys.AddRange(Keys[^half..]);
        var median = Keys[^(half + 1)];
        Keys.RemoveRange(Keys.Count - half - 1, half + 1);
        if (!IsLeaf)
        {
            right.Children.AddRange(Children[^(half + 1)..]);
            Children.RemoveRange(Children.Count - half - 1, half + 1);
        }

        Changed = true;
        return (median, right);
    }

    /// <summary>Takes all of the right sibling, with the key between the two.</summary>
    public void Absorb(TreeKey median, TreeNode right)
    {
        Keys.Add(median);
        Keys.AddRange(right.Keys);
        Children.AddRange(right.Children);
        Changed = true;
    }

    /// <summary>Drops a key and the child after it.</summary>
    public void RemoveKey(int index)
    {
        Keys.RemoveAt(index);
        if (!IsLeaf)
        {
            // Nobody owns this child any more: the block that stores it will leave it out if it is still unwritten.
            Children[index + 1].Seq = 0;
            Children.RemoveAt(index + 1);
        }

        Changed = true;
    }

    /// <summary>Numbers all changed nodes in pre-order, as levels of the block <paramref name="seq"/>.</summary>
    public ulong Number(List<TreeLink?> index, ulong seq)
    {
        var offset = (ulong)index.Count;
        index.Add(null);
        Changed = false;
        foreach (var child in Children)
        {
            if (child.Node is not { Changed: true } node) continue;
            child.Seq = seq;
            child.Offset = node.Number(index, seq);
            index[(int)child.Offset] = child;
        }

        return offset;
    }
}
