using KeyBounds = Nashi.Hyperbee.Tree.KeyBounds;

namespace Nashi.Hyperbee2.Tree;

/// <summary>Walks a tree item by item, where an item is a key or a whole subtree that may be stepped over unread.</summary>
internal sealed class TreeCursor(TreeReader reader, KeyBounds bounds)
{
    // Positions within a node: 2i is child i, 2i + 1 is key i. Every frame's position is a valid item.
    private readonly Stack<Frame> _stack = new();

    public TreeReader Reader => reader;

    public bool IsAtEnd => _stack.Count == 0;

    public bool IsAtKey => (_stack.Peek().At & 1) == 1;

    public KeyEntry Key
    {
        get
        {
            var top = _stack.Peek();
            return top.Node.Keys[top.At >> 1];
        }
    }

    public Place Child
    {
        get
        {
            var top = _stack.Peek();
            return top.Node.Children[top.At >> 1].At;
        }
    }

    /// <summary>The key at this item, or the first key after this subtree; nothing when the subtree is the last of all.</summary>
    public ReadOnlyMemory<byte>? Upper
    {
        get
        {
            var top = _stack.Peek();
            var index = top.At >> 1;
            return index < top.Node.Keys.Length ? top.Node.Keys[index].Key : top.Upper;
        }
    }

    public void EnterRoot(TreeNode root) => Push(root, null);

    /// <summary>Opens the subtree at this item.</summary>
    public async ValueTask EnterAsync(CancellationToken cancellationToken)
    {
        var (top, upper) = (_stack.Peek(), Upper);
        var node = await reader.GetChildAsync(top.Node, top.At >> 1, cancellationToken).ConfigureAwait(false);
        Step();
        if (_stack.Count > TreeReader.MaxDepth) throw Hyperbee2Exception.Malformed(reader.Space.Local, 0, "the tree is too deep");
        Push(node, upper);
    }

    /// <summary>Goes to the item after this one.</summary>
    public void Step()
    {
        var top = _stack.Pop();
        var next = top.At + (top.Node.IsLeaf ? 2 : 1);
        if (next <= top.Last) _stack.Push(top with { At = next });
    }

    private void Push(TreeNode node, ReadOnlyMemory<byte>? upper)
    {
        var (first, last) = (0, 2 * node.Keys.Length);
        if (bounds.Low is { } low)
        {
            var (index, found) = node.Search(low.Span);
            first = found ? (2 * index) + (bounds.LowIncluded ? 1 : 2) : 2 * index;
        }

        if (bounds.High is { } high)
        {
            var (index, found) = node.Search(high.Span);
            last = found && bounds.HighIncluded ? (2 * index) + 1 : 2 * index;
        }

        if (node.IsLeaf) (first, last) = (first | 1, last - 1 + (last & 1));
        if (first <= last) _stack.Push(new Frame(node, first, last, upper));
    }

    private readonly record struct Frame(TreeNode Node, int At, int Last, ReadOnlyMemory<byte>? Upper);
}
