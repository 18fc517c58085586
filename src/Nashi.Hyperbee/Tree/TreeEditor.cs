namespace Nashi.Hyperbee.Tree;

/// <summary>Puts and deletes on the nodes of one tree, in memory. Answers the new root, or nothing when the tree stays as it is.</summary>
/// <remarks>Split points, the order of borrowing and which nodes count as changed decide the bytes of the blocks: they follow data.md §6.1 to the letter.</remarks>
internal sealed class TreeEditor(TreeReader reader, bool alwaysDuplicate)
{
    private readonly List<TreeNode> _path = [];

    /// <summary>How many nodes it has made.</summary>
    public int Splits { get; private set; }

    public async ValueTask<TreeNode?> PutAsync(TreeNode? root, BeeEntry next, BeeCompare? compare, CancellationToken cancellationToken)
    {
        root ??= new TreeNode { Changed = true };
        _path.Clear();
        var node = root;
        while (true)
        {
            // Inner nodes on the way count as changed even when the write is called off, as in the reference.
            if (!node.IsLeaf) node.Changed = true;
            var (index, found) = await SearchAsync(node, next.Key, cancellationToken).ConfigureAwait(false);
            if (found)
            {
                if (!await MayReplaceAsync(node.Keys[index].Seq, next, compare, isDelete: false, cancellationToken).ConfigureAwait(false)) return null;
                node.Keys[index] = new TreeKey(next.Seq, next.Key);
                node.Changed = true;
                return root;
            }

            if (node.IsLeaf)
            {
                node.Keys.Insert(index, new TreeKey(next.Seq, next.Key));
                node.Changed = true;
                return await SplitUpwardsAsync(root, node, cancellationToken).ConfigureAwait(false);
            }

            node = await DescendAsync(node, index, cancellationToken).ConfigureAwait(false);
        }
    }

    public async ValueTask<TreeNode?> DeleteAsync(TreeNode root, BeeEntry next, BeeCompare? compare, CancellationToken cancellationToken)
    {
        _path.Clear();
        var node = root;
        while (true)
        {
            var (index, found) = await SearchAsync(node, next.Key, cancellationToken).ConfigureAwait(false);
            if (found)
            {
                if (!await MayReplaceAsync(node.Keys[index].Seq, next, compare, isDelete: true, cancellationToken).ConfigureAwait(false)) return null;
                _path.Add(node);
                if (node.IsLeaf) node.RemoveKey(index);
                else await ReplaceWithNeighbourAsync(node, index, cancellationToken).ConfigureAwait(false);
                foreach (var touched in _path) touched.Changed = true;
                return await RebalanceAsync(cancellationToken).ConfigureAwait(false);
            }

            if (node.IsLeaf) return null;
            node = await DescendAsync(node, index, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<TreeNode> DescendAsync(TreeNode node, int index, CancellationToken cancellationToken)
    {
        _path.Add(node);
        if (_path.Count > TreeReader.MaxDepth) throw HyperbeeException.Malformed(node.Children[index].Seq, "the tree is too deep");
        return await reader.GetChildAsync(node, index, cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<(int Index, bool Found)> SearchAsync(TreeNode node, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        int low = 0, high = node.Keys.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (node.Keys[middle].Bytes is not { } bytes)
            {
                if (!reader.TryGetBlock(node.Keys[middle].Seq, out var block)) return SearchFarAsync(node, key, middle, cancellationToken);
                bytes = KeepKey(node, middle, block);
            }

            var order = key.Span.SequenceCompareTo(bytes.Span);
            if (order == 0) return ValueTask.FromResult((middle, true));
            if (order < 0) high = middle;
            else low = middle + 1;
        }

        return ValueTask.FromResult((low, false));
    }

    private async ValueTask<(int Index, bool Found)> SearchFarAsync(TreeNode node, ReadOnlyMemory<byte> key, int missing, CancellationToken cancellationToken)
    {
        _ = KeepKey(node, missing, await reader.GetBlockAsync(node.Keys[missing].Seq, cancellationToken).ConfigureAwait(false));
        return await SearchAsync(node, key, cancellationToken).ConfigureAwait(false);
    }

    // A copy: the block and its value must not stay in memory for the sake of its key.
    private static ReadOnlyMemory<byte> KeepKey(TreeNode node, int index, BeeBlock block)
    {
        var bytes = block.Key.ToArray();
        node.Keys[index] = node.Keys[index] with { Bytes = bytes };
        return bytes;
    }

    private async ValueTask<bool> MayReplaceAsync(ulong seq, BeeEntry next, BeeCompare? compare, bool isDelete, CancellationToken cancellationToken)
    {
        if (compare is null && (alwaysDuplicate || isDelete)) return true;
        var block = await reader.GetBlockAsync(seq, cancellationToken).ConfigureAwait(false);
        if (compare is not null && !compare(new BeeEntry(seq, block.Key, block.Value), next)) return false;
        return alwaysDuplicate || isDelete || !IsSame(block.Value, next.Value);
    }

    private static bool IsSame(ReadOnlyMemory<byte>? a, ReadOnlyMemory<byte>? b)
        => a is null == b is null && (a is null || a.Value.Span.SequenceEqual(b!.Value.Span));

    private async ValueTask<TreeNode> SplitUpwardsAsync(TreeNode root, TreeNode node, CancellationToken cancellationToken)
    {
        while (node.Keys.Count >= TreeNode.SplitAt)
        {
            var (median, right) = node.Split();
            Splits++;
            if (_path.Count == 0)
            {
                var top = new TreeNode { Changed = true };
                top.Keys.Add(median);
                top.Children.Add(new TreeLink(0, 0, node));
                top.Children.Add(new TreeLink(0, 0, right));
                return top;
            }

            var parent = _path[^1];
            _path.RemoveAt(_path.Count - 1);
            var bytes = median.Bytes ?? (await reader.GetBlockAsync(median.Seq, cancellationToken).ConfigureAwait(false)).Key.ToArray();
            var (index, _) = await SearchAsync(parent, bytes, cancellationToken).ConfigureAwait(false);
            parent.Keys.Insert(index, median with { Bytes = bytes });
            parent.Children.Insert(index + 1, new TreeLink(0, 0, right));
            parent.Changed = true;
            node = parent;
        }

        return root;
    }

    // A key of an inner node gives its place to the nearest key of a leaf below: from the side whose leaf has more of them, left when equal.
    private async ValueTask ReplaceWithNeighbourAsync(TreeNode node, int index, CancellationToken cancellationToken)
    {
        var left = await reader.GetChildAsync(node, index, cancellationToken).ConfigureAwait(false);
        var right = await reader.GetChildAsync(node, index + 1, cancellationToken).ConfigureAwait(false);
        var before = await LeafPathAsync(left, goLeft: false, cancellationToken).ConfigureAwait(false);
        var after = await LeafPathAsync(right, goLeft: true, cancellationToken).ConfigureAwait(false);
        var useRight = before[^1].Keys.Count < after[^1].Keys.Count;
        var path = useRight ? after : before;
        var keys = path[^1].Keys;
        var at = useRight ? 0 : keys.Count - 1;
        if (at < 0 || keys.Count == 0) throw HyperbeeException.Malformed(node.Keys[index].Seq, "a leaf below its node is empty");
        node.Keys[index] = keys[at];
        keys.RemoveAt(at);
        _path.AddRange(path);
    }

    private async ValueTask<List<TreeNode>> LeafPathAsync(TreeNode node, bool goLeft, CancellationToken cancellationToken)
    {
        var path = new List<TreeNode> { node };
        while (!node.IsLeaf)
        {
            if (path.Count > TreeReader.MaxDepth) throw HyperbeeException.Malformed(node.Children[0].Seq, "the tree is too deep");
            node = await reader.GetChildAsync(node, goLeft ? 0 : node.Children.Count - 1, cancellationToken).ConfigureAwait(false);
            path.Add(node);
        }

        return path;
    }

    private async ValueTask<TreeNode> RebalanceAsync(CancellationToken cancellationToken)
    {
        var root = _path[0];
        while (_path.Count > 1)
        {
            var node = _path[^1];
            _path.RemoveAt(_path.Count - 1);
            var parent = _path[^1];
            if (node.Keys.Count >= TreeNode.MinKeys) return root;

            var index = parent.Children.FindIndex(child => child.Node == node);
            var left = index > 0 ? await reader.GetChildAsync(parent, index - 1, cancellationToken).ConfigureAwait(false) : null;
            var right = index < parent.Children.Count - 1 ? await reader.GetChildAsync(parent, index + 1, cancellationToken).ConfigureAwait(false) : null;
            if (left?.Keys.Count > TreeNode.MinKeys)
            {
                BorrowLeft(parent, index, left, node);
                return root;
            }

            if (right?.Keys.Count > TreeNode.MinKeys)
            {
                BorrowRight(parent, index, right, node);
                return root;
            }

            Merge(parent, index, left, node, right);
        }

        if (root.Keys.Count > 0 || root.IsLeaf) return root;
        return await reader.GetChildAsync(root, 0, cancellationToken).ConfigureAwait(false);
    }

    private static void BorrowLeft(TreeNode parent, int index, TreeNode left, TreeNode node)
    {
        left.Changed = true;
        node.Keys.Insert(0, parent.Keys[index - 1]);
        if (!left.IsLeaf)
        {
            node.Children.Insert(0, left.Children[^1]);
            left.Children.RemoveAt(left.Children.Count - 1);
        }

        parent.Keys[index - 1] = left.Keys[^1];
        left.Keys.RemoveAt(left.Keys.Count - 1);
    }

    private static void BorrowRight(TreeNode parent, int index, TreeNode right, TreeNode node)
    {
        right.Changed = true;
        node.Keys.Add(parent.Keys[index]);
        if (!right.IsLeaf)
        {
            node.Children.Add(right.Children[0]);
            right.Children.RemoveAt(0);
        }

        parent.Keys[index] = right.Keys[0];
        right.Keys.RemoveAt(0);
    }

    private static void Merge(TreeNode parent, int index, TreeNode? left, TreeNode node, TreeNode? right)
    {
        if (left is not null)
        {
            left.Absorb(parent.Keys[index - 1], node);
            parent.RemoveKey(index - 1);
        }
        else if (right is not null)
        {
            node.Absorb(parent.Keys[index], right);
            parent.RemoveKey(index);
        }
    }
}
