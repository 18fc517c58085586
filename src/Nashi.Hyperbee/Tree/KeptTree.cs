namespace Nashi.Hyperbee.Tree;

/// <summary>The nodes of the newest version as the last batch left them, for the next one: it need not read them again. Used under the write lock.</summary>
internal sealed class KeptTree(int capacity)
{
    private TreeNode? _root;
    private ulong _length;
    private ulong _fork;
    private int _count;

    /// <summary>Hands over the nodes of a version; null when they are not those.</summary>
    public TreeNode? Take(ulong length, ulong fork)
    {
        var root = _length == length && _fork == fork ? _root : null;
        _root = null;
        if (root is null) _count = 0;
        return root;
    }

    /// <summary>Keeps nodes that say exactly what the log says.</summary>
    /// <param name="root">The root.</param>
    /// <param name="length">Of which version.</param>
    /// <param name="fork">Of which fork.</param>
    /// <param name="added">How many nodes were added since they were taken.</param>
    public void Keep(TreeNode root, ulong length, ulong fork, int added)
    {
        (_root, _length, _fork) = (root, length, fork);
        _count += added;
        if (_count <= capacity) return;
        // Leaves are most of a tree, and the nodes above them are what every write needs.
        _count = Prune(root);
        if (_count <= capacity / 2) return;
        foreach (var child in root.Children) child.Node = null;
        _count = 1;
    }

    private static int Prune(TreeNode node)
    {
        var count = 1;
        foreach (var child in node.Children)
        {
            if (child.Node is not { } below) continue;
            if (below.IsLeaf) child.Node = null;
            else count += Prune(below);
        }

        return count;
    }
}
