using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2.Writing;

/// <summary>Changes a tree in memory, node by node, exactly as the reference would: which nodes and steps come to be decides the bytes.</summary>
internal sealed class TreeEditor(TreeReader reader)
{
    private readonly Dictionary<ChildLink, EditNode> _nodes = [];

    /// <summary>The root, once there is one.</summary>
    public ChildLink Root { get; private set; } = new(new Place(reader.Space.Local, 0, 0));

    public EditNode RootNode => _nodes[Root];

    public void Start(int degree) => _nodes[Root] = new EditNode(degree);

    public void Start(Place at, TreeNode root)
    {
        Root = new ChildLink(at);
        _nodes[Root] = new EditNode(root);
    }

    /// <summary>The changed node of a link, if it is one.</summary>
    public EditNode? FindChanged(ChildLink link) => _nodes.TryGetValue(link, out var node) && node.IsChanged ? node : null;

    /// <summary>Gives a changed node a link of its own, for its place in the blocks to come.</summary>
    public ChildLink Renew(ChildLink link)
    {
        var fresh = new ChildLink(link.At with { Seq = 0, Offset = 0 });
        _nodes[fresh] = _nodes[link];
        if (ReferenceEquals(link, Root)) Root = fresh;
        return fresh;
    }

    public async ValueTask<bool> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var path = new List<Visit> { new(Root, RootNode) };
        while (true)
        {
            var node = path[^1].Node;
            var (index, found) = node.Search(key.Span);
            if (found)
            {
                var old = await reader.GetValueAsync(node.Keys[index], cancellationToken).ConfigureAwait(false);
                if (old is { } same && same.Span.SequenceEqual(value.Span)) return false;
                node.Keys.Set(index, Pending(key, value));
                Mark(path);
                return true;
            }

            if (!node.IsLeaf)
            {
                await DescendAsync(path, index, cancellationToken).ConfigureAwait(false);
                continue;
            }

            node.Keys.Insert(index, Pending(key, value));
            Mark(path);
            Split(path);
            return true;
        }
    }

    public async ValueTask<bool> DeleteAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        var path = new List<Visit> { new(Root, RootNode) };
        while (true)
        {
            var node = path[^1].Node;
            var (index, found) = node.Search(key.Span);
            if (!found && node.IsLeaf) return false;
            if (!found)
            {
                await DescendAsync(path, index, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (node.IsLeaf) node.RemoveKey(index);
            else await ReplaceByNeighbourAsync(path, index, cancellationToken).ConfigureAwait(false);
            Mark(path);
            await RebalanceAsync(path, cancellationToken).ConfigureAwait(false);
            if (RootNode is { Keys.Count: 0, IsLeaf: false }) Root = RootNode.Children[0];
            return true;
        }
    }

    private static void Mark(List<Visit> path)
    {
        foreach (var (_, node) in path) node.IsChanged = true;
    }

    private KeyEntry Pending(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
        => new(new Place(reader.Space.Local, 0, 0)) { Key = key, Value = value, IsPending = true };

    private (ChildLink Link, EditNode Node) NewNode(int degree)
    {
        var (link, node) = (new ChildLink(new Place(reader.Space.Local, 0, 0)), new EditNode(degree));
        _nodes[link] = node;
        return (link, node);
    }

    private async ValueTask<EditNode> LoadAsync(ChildLink link, CancellationToken cancellationToken)
    {
        if (_nodes.TryGetValue(link, out var node)) return node;
        node = new EditNode(await reader.GetNodeAsync(link.At, isRoot: false, cancellationToken).ConfigureAwait(false));
        _nodes[link] = node;
        return node;
    }

    private async ValueTask DescendAsync(List<Visit> path, int child, CancellationToken cancellationToken)
    {
        var link = path[^1].Node.Children[child];
        if (path.Count > TreeReader.MaxDepth || path.Exists(visit => ReferenceEquals(visit.Link, link))) throw Hyperbee2Exception.Malformed(link.At.Core, link.At.Seq, "the tree is too deep");
        path.Add(new Visit(link, await LoadAsync(link, cancellationToken).ConfigureAwait(false)));
    }

    private void Split(List<Visit> path)
    {
        for (var i = path.Count - 1; path[i].Node.IsOverfull; i--)
        {
            var (left, node) = path[i];
            var (right, upper) = NewNode(node.Degree);
            var median = node.SplitInto(upper);
            if (i == 0)
            {
                var (root, top) = NewNode(node.Degree);
                top.Keys.Add(median);
                top.Children.Add(left);
                top.Children.Add(right);
                Root = root;
                return;
            }

            var parent = path[i - 1].Node;
            var (index, _) = parent.Search(median.Key.Span);
            parent.Keys.Insert(index, median);
            parent.Children.Insert(index + 1, right);
        }
    }

    // The key that takes the place of a deleted one comes from the fuller of the two leaves beside it.
    private async ValueTask ReplaceByNeighbourAsync(List<Visit> path, int index, CancellationToken cancellationToken)
    {
        var node = path[^1].Node;
        var left = await LeafSizeAsync(node, index, first: false, cancellationToken).ConfigureAwait(false);
        var right = await LeafSizeAsync(node, index + 1, first: true, cancellationToken).ConfigureAwait(false);
        var useRight = left < right;
        await DescendAsync(path, useRight ? index + 1 : index, cancellationToken).ConfigureAwait(false);
        while (!path[^1].Node.IsLeaf) await DescendAsync(path, useRight ? 0 : path[^1].Node.Children.Count - 1, cancellationToken).ConfigureAwait(false);
        var leaf = path[^1].Node;
        node.Keys.Set(index, useRight ? leaf.Keys.RemoveFirst() : leaf.Keys.RemoveLast());
    }

    private async ValueTask<int> LeafSizeAsync(EditNode node, int child, bool first, CancellationToken cancellationToken)
    {
        node = await LoadAsync(node.Children[child], cancellationToken).ConfigureAwait(false);
        for (var depth = 0; !node.IsLeaf; depth++)
        {
            var link = node.Children[first ? 0 : node.Children.Count - 1];
            if (depth > TreeReader.MaxDepth) throw Hyperbee2Exception.Malformed(link.At.Core, link.At.Seq, "the tree is too deep");
            node = await LoadAsync(link, cancellationToken).ConfigureAwait(false);
        }

        return node.Keys.Count;
    }

    private async ValueTask RebalanceAsync(List<Visit> path, CancellationToken cancellationToken)
    {
        for (var depth = path.Count - 1; depth > 0; depth--)
        {
            var (link, node) = path[depth];
            if (node.Keys.Count >= node.MinKeys) return;
            var parent = path[depth - 1].Node;
            var index = IndexOf(parent, link);
            var left = index > 0 ? await LoadAsync(parent.Children[index - 1], cancellationToken).ConfigureAwait(false) : null;
            if (left is not null && left.Keys.Count > node.MinKeys)
            {
                BorrowFromLeft(parent, index, left, node);
                return;
            }

            var right = index < parent.Children.Count - 1 ? await LoadAsync(parent.Children[index + 1], cancellationToken).ConfigureAwait(false) : null;
            if (right is not null && right.Keys.Count > node.MinKeys)
            {
                BorrowFromRight(parent, index, node, right);
                return;
            }

            if (left is not null) MergePair(parent, index - 1, left, node);
            else MergePair(parent, index, node, right!);
        }
    }

    private static int IndexOf(EditNode parent, ChildLink link)
    {
        for (var i = 0; i < parent.Children.Count; i++)
        {
            if (ReferenceEquals(parent.Children[i], link)) return i;
        }

        throw new InvalidOperationException("A node is not among its parent's children.");
    }

    private static void BorrowFromLeft(EditNode parent, int index, EditNode left, EditNode node)
    {
        left.IsChanged = true;
        node.Keys.Insert(0, parent.Keys[index - 1]);
        if (!left.IsLeaf) node.Children.Insert(0, left.Children.RemoveLast());
        parent.Keys.Set(index - 1, left.Keys.RemoveLast());
    }

    private static void BorrowFromRight(EditNode parent, int index, EditNode node, EditNode right)
    {
        right.IsChanged = true;
        node.Keys.Add(parent.Keys[index]);
        if (!right.IsLeaf) node.Children.Add(right.Children.RemoveFirst());
        parent.Keys.Set(index, right.Keys.RemoveFirst());
    }

    private static void MergePair(EditNode parent, int index, EditNode left, EditNode right)
    {
        left.IsChanged = true;
        left.Merge(right, parent.Keys[index]);
        parent.RemoveKey(index);
    }

    private readonly record struct Visit(ChildLink Link, EditNode Node);
}
