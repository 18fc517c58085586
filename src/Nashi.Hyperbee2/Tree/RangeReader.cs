using KeyBounds = Nashi.Hyperbee.Tree.KeyBounds;

namespace Nashi.Hyperbee2.Tree;

/// <summary>Walks the keys of one version in order, either way, between two bounds.</summary>
internal sealed class RangeReader(TreeReader reader, KeyBounds bounds, bool reverse)
{
    // So many subtrees ahead are asked for.
    private const int Ahead = 8;

    private readonly Stack<Frame> _stack = new();
    private KeyEntry? _last;

    /// <summary>Goes to the first key of the range.</summary>
    public async ValueTask SeekAsync(TreeNode root, CancellationToken cancellationToken)
    {
        var node = root;
        while (true)
        {
            var at = reverse ? LastInside(node) : FirstInside(node);
            Push(node, at);
            if (node.IsLeaf) return;
            node = await EnterAsync(node, reverse ? at + 1 : at, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next key, or nothing at the end of the range.</summary>
    public async ValueTask<KeyEntry?> NextAsync(CancellationToken cancellationToken)
    {
        while (_stack.TryPop(out var top))
        {
            if (top.At < 0 || top.At >= top.Node.Keys.Length) continue;
            var key = top.Node.Keys[top.At];
            if (reverse ? bounds.IsBelow(key.Key.Span) : bounds.IsAbove(key.Key.Span)) return End();
            CheckOrder(key);
            Push(top.Node, reverse ? top.At - 1 : top.At + 1);
            if (!top.Node.IsLeaf) await DescendAsync(top.Node, reverse ? top.At : top.At + 1, cancellationToken).ConfigureAwait(false);
            return key;
        }

        return null;
    }

    private async ValueTask DescendAsync(TreeNode node, int child, CancellationToken cancellationToken)
    {
        while (true)
        {
            node = await EnterAsync(node, child, cancellationToken).ConfigureAwait(false);
            Push(node, reverse ? node.Keys.Length - 1 : 0);
            if (node.IsLeaf) return;
            child = reverse ? node.Keys.Length : 0;
        }
    }

    private ValueTask<TreeNode> EnterAsync(TreeNode node, int child, CancellationToken cancellationToken)
    {
        var from = reverse ? Math.Max(0, child - Ahead) : child + 1;
        var to = reverse ? child : Math.Min(node.Children.Length, child + 1 + Ahead);
        reader.Prefetch(node.Children.AsSpan(from, to - from));
        return reader.GetChildAsync(node, child, cancellationToken);
    }

    private int FirstInside(TreeNode node)
    {
        if (bounds.Low is not { } low) return 0;
        var (index, found) = node.Search(low.Span);
        return found && !bounds.LowIncluded ? index + 1 : index;
    }

    private int LastInside(TreeNode node)
    {
        if (bounds.High is not { } high) return node.Keys.Length - 1;
        var (index, found) = node.Search(high.Span);
        return found && bounds.HighIncluded ? index : index - 1;
    }

    private void Push(TreeNode node, int at)
    {
        if (_stack.Count > TreeReader.MaxDepth) throw Hyperbee2Exception.Malformed(reader.Space.Local, 0, "the tree is too deep");
        _stack.Push(new Frame(node, at));
    }

    // Keys that do not go up (or down) would let a hostile tree go in circles for ever.
    private void CheckOrder(KeyEntry key)
    {
        var order = _last is null ? (reverse ? -1 : 1) : key.Key.Span.SequenceCompareTo(_last.Key.Span);
        if (reverse ? order >= 0 : order <= 0) throw Hyperbee2Exception.Malformed(key.At.Core, key.At.Seq, "its key is out of order");
        _last = key;
    }

    private KeyEntry? End()
    {
        _stack.Clear();
        return null;
    }

    private readonly record struct Frame(TreeNode Node, int At);
}
