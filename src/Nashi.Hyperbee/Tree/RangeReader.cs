namespace Nashi.Hyperbee.Tree;

/// <summary>Walks the keys of one version in order, either way, between two bounds.</summary>
/// <remarks>Waits for a block only where <paramref name="ahead"/>, if there is one, has not brought it yet.</remarks>
internal sealed class RangeReader(TreeReader reader, KeyBounds bounds, bool reverse, RangeAhead? ahead = null)
{
    private readonly Stack<Frame> _stack = new();
    private ReadOnlyMemory<byte>? _last;

    /// <summary>Goes to the first key of the range.</summary>
    public async ValueTask SeekAsync(NodeView root, CancellationToken cancellationToken)
    {
        var node = root;
        while (true)
        {
            var at = reverse ? await LastInsideAsync(node, cancellationToken).ConfigureAwait(false) : await FirstInsideAsync(node, cancellationToken).ConfigureAwait(false);
            Push(new Frame(node, at));
            if (node.IsLeaf) return;
            node = await GetNodeAsync(node.ChildAt(reverse ? at + 1 : at), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The next entry's block, or nothing at the end of the range.</summary>
    public async ValueTask<BeeBlock?> NextAsync(CancellationToken cancellationToken)
    {
        while (_stack.TryPop(out var top))
        {
            if (top.At < 0 || top.At >= top.Node.KeyCount) continue;
            var seq = top.Node.KeySeq(top.At);
            if (!reader.TryGetBlock(seq, out var block)) block = await LoadAsync(seq, cancellationToken).ConfigureAwait(false);
            if (reverse ? bounds.IsBelow(block.Key.Span) : bounds.IsAbove(block.Key.Span)) return End();
            CheckOrder(block);
            ahead?.HandleRead();
            var child = reverse ? top.At : top.At + 1;
            Push(top with { At = reverse ? top.At - 1 : top.At + 1 });
            if (!top.Node.IsLeaf) await DescendAsync(top.Node.ChildAt(child), cancellationToken).ConfigureAwait(false);
            return block;
        }

        return null;
    }

    private async ValueTask DescendAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        while (true)
        {
            var node = await GetNodeAsync(address, cancellationToken).ConfigureAwait(false);
            Push(new Frame(node, reverse ? node.KeyCount - 1 : 0));
            if (node.IsLeaf) return;
            address = node.ChildAt(reverse ? node.KeyCount : 0);
        }
    }

    private ValueTask<NodeView> GetNodeAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        if (reader.TryGetNode(address, out var node)) return ValueTask.FromResult(node);
        ahead?.HandleMissing(_last);
        return reader.GetNodeAsync(address, cancellationToken);
    }

    private ValueTask<BeeBlock> LoadAsync(ulong seq, CancellationToken cancellationToken)
    {
        ahead?.HandleMissing(_last);
        return reader.GetBlockAsync(seq, cancellationToken);
    }

    private ValueTask<(int Index, bool Found)> SearchAsync(NodeView node, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        for (var i = 0; i < node.KeyCount; i++)
        {
            if (reader.IsHere(node.KeySeq(i))) continue;
            ahead?.HandleMissing(_last);
            break;
        }

        return reader.SearchAsync(node, key, cancellationToken);
    }

    private async ValueTask<int> FirstInsideAsync(NodeView node, CancellationToken cancellationToken)
    {
        if (bounds.Low is not { } low) return 0;
        var (index, found) = await SearchAsync(node, low, cancellationToken).ConfigureAwait(false);
        return found && !bounds.LowIncluded ? index + 1 : index;
    }

    private async ValueTask<int> LastInsideAsync(NodeView node, CancellationToken cancellationToken)
    {
        if (bounds.High is not { } high) return node.KeyCount - 1;
        var (index, found) = await SearchAsync(node, high, cancellationToken).ConfigureAwait(false);
        return found && bounds.HighIncluded ? index : index - 1;
    }

    private void Push(Frame frame)
    {
        if (_stack.Count > TreeReader.MaxDepth) throw HyperbeeException.Malformed(0, "the tree is too deep");
        _stack.Push(frame);
    }

    // Keys that do not go up (or down) would let a hostile tree go in circles for ever.
    private void CheckOrder(BeeBlock block)
    {
        var order = _last is { } last ? block.Key.Span.SequenceCompareTo(last.Span) : 0;
        if (_last is not null && (reverse ? order >= 0 : order <= 0)) throw HyperbeeException.Malformed(block.Seq, "its key is out of order");
        _last = block.Key;
    }

    private BeeBlock? End()
    {
        _stack.Clear();
        return null;
    }

    private readonly record struct Frame(NodeView Node, int At);
}
