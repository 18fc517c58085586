using System.Diagnostics.CodeAnalysis;

namespace Nashi.Hyperbee.Tree;

/// <summary>Loads blocks and nodes of one version of a tree; a batch puts its own unwritten blocks before those of the log.</summary>
internal sealed class TreeReader(IBlockLog log, BlockCache cache, bool wait)
{
    /// <summary>No honest tree is deeper: with at least five children per node this holds more keys than a log has blocks.</summary>
    public const int MaxDepth = 32;

    private readonly ulong _fork = log.Fork;

    public Dictionary<ulong, PendingBlock>? Pending { get; init; }

    /// <summary>Hears of each block that a read looks at.</summary>
    public Action<ulong>? Touched { get; init; }

    /// <summary>How many nodes were loaded to be edited.</summary>
    public int Loaded { get; private set; }

    /// <summary>Whether blocks that are not here may be had from peers.</summary>
    public bool Waits => wait;

    public bool IsTruncated => log.Fork != _fork;

    public bool TryGetBlock(ulong seq, [NotNullWhen(true)] out BeeBlock? block)
    {
        Touched?.Invoke(seq);
        if (Pending is not null && Pending.TryGetValue(seq, out var pending))
        {
            block = pending.Block;
            return true;
        }

        block = cache.Find(seq, _fork);
        if (block is not null) return true;
        if (!log.TryGet(seq, out var bytes)) return false;
        block = Decode(seq, bytes);
        return true;
    }

    public ValueTask<BeeBlock> GetBlockAsync(ulong seq, CancellationToken cancellationToken)
        => TryGetBlock(seq, out var block) ? ValueTask.FromResult(block) : LoadAsync(seq, cancellationToken);

    /// <summary>Reads a node whose block is here.</summary>
    public bool TryGetNode(NodeAddress address, out NodeView node)
    {
        node = default;
        if (address.Live is { } live) node = new NodeView(live);
        else if (TryGetBlock(address.Seq, out var block)) node = new NodeView(block.LevelAt(address.Offset));
        else return false;
        return true;
    }

    public ValueTask<NodeView> GetNodeAsync(NodeAddress address, CancellationToken cancellationToken)
        => TryGetNode(address, out var node) ? ValueTask.FromResult(node) : LoadNodeAsync(address, cancellationToken);

    private async ValueTask<NodeView> LoadNodeAsync(NodeAddress address, CancellationToken cancellationToken)
    {
        var block = await GetBlockAsync(address.Seq, cancellationToken).ConfigureAwait(false);
        return new NodeView(block.LevelAt(address.Offset));
    }

    /// <summary>Loads a child of a node being edited; keeps it in the node.</summary>
    public ValueTask<TreeNode> GetChildAsync(TreeNode parent, int index, CancellationToken cancellationToken)
    {
        var link = parent.Children[index];
        if (link.Node is { } node) return ValueTask.FromResult(node);
        return TryGetBlock(link.Seq, out var block) ? ValueTask.FromResult(KeepIn(link, block)) : LoadChildAsync(link, cancellationToken);
    }

    private async ValueTask<TreeNode> LoadChildAsync(TreeLink link, CancellationToken cancellationToken)
        => KeepIn(link, await LoadAsync(link.Seq, cancellationToken).ConfigureAwait(false));

    private TreeNode KeepIn(TreeLink link, BeeBlock block)
    {
        Loaded++;
        return link.Node = TreeNode.From(block.LevelAt(link.Offset));
    }

    /// <summary>As <see cref="SearchAsync"/>, where all that it takes is here; false when something is not.</summary>
    public bool TrySearch(NodeView node, ReadOnlySpan<byte> key, out int index, [NotNullWhen(true)] out BeeBlock? found, out bool isComplete)
    {
        int low = 0, high = node.KeyCount;
        (found, isComplete, index) = (null, false, 0);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (!TryGetBlock(node.KeySeq(middle), out var block)) return false;
            var order = key.SequenceCompareTo(block.Key.Span);
            if (order == 0)
            {
                (index, found, isComplete) = (middle, block, true);
                return true;
            }

            if (order < 0) high = middle;
            else low = middle + 1;
        }

        (index, isComplete) = (low, true);
        return false;
    }

    /// <summary>The first key of a node that is not less than <paramref name="key"/>, and whether it is equal.</summary>
    public async ValueTask<(int Index, bool Found)> SearchAsync(NodeView node, ReadOnlyMemory<byte> key, CancellationToken cancellationToken)
    {
        int low = 0, high = node.KeyCount;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (!TryGetBlock(node.KeySeq(middle), out var block)) block = await LoadAsync(node.KeySeq(middle), cancellationToken).ConfigureAwait(false);
            var order = key.Span.SequenceCompareTo(block.Key.Span);
            if (order == 0) return (middle, true);
            if (order < 0) high = middle;
            else low = middle + 1;
        }

        return (low, false);
    }

    /// <summary>Tells peers what is about to be read: they may know which blocks that takes.</summary>
    public void HintKey(ulong version, ReadOnlySpan<byte> key)
    {
        if (wait && log is Hints.IHintedLog hinted) hinted.HintKey(version, key);
    }

    /// <summary>Tells peers what is about to be read: they may know which blocks that takes.</summary>
    public void HintRange(ulong version, in KeyBounds bounds, long limit, bool reverse)
    {
        if (wait && log is Hints.IHintedLog hinted) hinted.HintRange(version, bounds, (ulong)limit, reverse);
    }

    /// <summary>Asks peers for all blocks that a node names, before they are needed one by one.</summary>
    public void Prefetch(NodeView node)
    {
        if (!wait || node.Stored is not { } level) return;
        List<ulong>? missing = null;
        foreach (var seq in level.Keys)
        {
            if (!IsHere(seq)) (missing ??= []).Add(seq);
        }

        for (var i = 0; i < level.Children.Length; i += 2)
        {
            if (!IsHere(level.Children[i])) (missing ??= []).Add(level.Children[i]);
        }

        if (missing is not null) log.Prefetch(missing);
    }

    public bool IsHere(ulong seq) => Pending?.ContainsKey(seq) == true || cache.Find(seq, _fork) is not null || log.Has(seq);

    private async ValueTask<BeeBlock> LoadAsync(ulong seq, CancellationToken cancellationToken)
    {
        var bytes = await log.GetAsync(seq, wait, cancellationToken).ConfigureAwait(false);
        return Decode(seq, bytes ?? throw (IsTruncated ? HyperbeeException.Truncated() : HyperbeeException.Missing(seq)));
    }

    private BeeBlock Decode(ulong seq, byte[] bytes)
    {
        if (IsTruncated) throw HyperbeeException.Truncated();
        if (!BlockCodec.TryDecode(seq, bytes, out var block)) throw HyperbeeException.Malformed(seq, "it cannot be decoded");
        cache.Keep(block, _fork);
        return block;
    }
}
