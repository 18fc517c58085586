namespace Nashi.Hyperbee.Tree;

/// <summary>Walks a tree item by item, where an item is a key or a whole subtree that may be stepped over unread.</summary>
internal sealed class TreeCursor(TreeReader reader, KeyBounds bounds)
{
    // Positions within a node: 2i is child i, 2i + 1 is key i. Invariant: every frame's position is a valid item.
    private readonly Stack<Frame> _stack = new();

    public bool IsAtEnd => _stack.Count == 0;

    public bool IsAtKey => (_stack.Peek().At & 1) == 1;

    public ulong KeySeq
    {
        get
        {
            var top = _stack.Peek();
            return top.Node.KeySeq(top.At >> 1);
        }
    }

    public NodeAddress Child
    {
        get
        {
            var top = _stack.Peek();
            return top.Node.ChildAt(top.At >> 1);
        }
    }

    public async ValueTask EnterAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        var upper = IsAtEnd ? null : await UpperKeyAsync(cancellationToken).ConfigureAwait(false);
        if (!IsAtEnd) Step();
        if (_stack.Count > TreeReader.MaxDepth) throw HyperbeeException.Malformed(address.Seq, "the tree is too deep");

        var node = await reader.GetNodeAsync(address, cancellationToken).ConfigureAwait(false);
        reader.Prefetch(node);
        var first = 0;
        if (bounds.Low is { } low)
        {
            var (index, found) = await reader.SearchAsync(node, low, cancellationToken).ConfigureAwait(false);
            first = found ? (2 * index) + (bounds.LowIncluded ? 1 : 2) : 2 * index;
        }

        var last = 2 * node.KeyCount;
        if (bounds.High is { } high)
        {
            var (index, found) = await reader.SearchAsync(node, high, cancellationToken).ConfigureAwait(false);
            last = found && bounds.HighIncluded ? (2 * index) + 1 : 2 * index;
        }

        if (node.IsLeaf) (first, last) = (first | 1, last - 1 + (last & 1));
        if (first <= last) _stack.Push(new Frame(node, first, last, upper));
    }

    /// <summary>Goes to the item after this one.</summary>
    public void Step()
    {
        var top = _stack.Pop();
        var next = top.At + (top.Node.IsLeaf ? 2 : 1);
        if (next <= top.Last) _stack.Push(top with { At = next });
    }

    /// <summary>The key at this item, or the first key after this subtree; nothing when the subtree is the last of all.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> UpperKeyAsync(CancellationToken cancellationToken)
    {
        var top = _stack.Peek();
        var index = top.At >> 1;
        if (index >= top.Node.KeyCount) return top.Upper;
        return (await reader.GetBlockAsync(top.Node.KeySeq(index), cancellationToken).ConfigureAwait(false)).Key;
    }

    public ValueTask<BeeBlock> BlockAsync(CancellationToken cancellationToken) => reader.GetBlockAsync(KeySeq, cancellationToken);

    private readonly record struct Frame(NodeView Node, int At, int Last, ReadOnlyMemory<byte>? Upper);
}
