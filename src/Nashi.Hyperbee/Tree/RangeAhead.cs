namespace Nashi.Hyperbee.Tree;

/// <summary>Loads what a walk along a range is going to need, when the tree is far away.</summary>
/// <remarks>
/// Goes down from the root level by level, over all nodes of the next stretch of the range at once. A stretch so costs as many round trips as the tree has
/// levels that are not here yet, where a walk from leaf to leaf costs several for each leaf. How wide a level is follows from the limit and the mean number of
/// children seen so far: an estimate, which may cost a block too many or a stretch more, never an entry. Idle until the walk meets its first missing block.
/// </remarks>
internal sealed class RangeAhead(TreeReader reader, NodeView root, KeyBounds bounds, bool reverse, ulong version, long limit, bool isHinted = false) : IDisposable
{
    // How many entries are loaded ahead of the walk.
    private const int Window = 1024;

    // No honest node holds fewer, but for the root.
    private const int FewestKeys = 4;

    // Nodes differ in size, and a stretch cut short costs its round trips once more. Too many nodes are cheap: their entries are not loaded.
    private const double Margin = 1.4;

    // A hostile node may name any number of blocks.
    private const int MaxLoads = 8192;

    private bool _isHinted = isHinted;
    private readonly CancellationTokenSource _life = new();
    private Task _loading = Task.CompletedTask;
    private ReadOnlyMemory<byte>? _edge;
    private long _read;
    private long _nextAt = long.MaxValue;

    /// <summary>How many entries are loaded first.</summary>
    public static long FirstStretch(long limit) => Math.Min(Window, limit);

    /// <summary>The walk met a block that is not here.</summary>
    /// <param name="last">The last key the walk gave; null before the first.</param>
    public void HandleMissing(ReadOnlyMemory<byte>? last)
    {
        if (!reader.Waits || !_loading.IsCompleted) return;
        _edge = last;
        Load();
    }

    /// <summary>The walk gave one more key.</summary>
    public void HandleRead()
    {
        _read++;
        if (_read >= _nextAt && _read < limit && _loading.IsCompleted && _edge is not null) Load();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _life.Cancel();
        _life.Dispose();
    }

    private void Load()
    {
        var wanted = (int)Math.Min(Window, limit - _read);
        _nextAt = _read + (wanted / 2);
        var rest = Rest();
        if (!_isHinted) reader.HintRange(version, rest, wanted, reverse);
        _isHinted = false;
        _loading = LoadAsync(rest, wanted, _life.Token);
    }

    private KeyBounds Rest()
    {
        if (_edge is not { } edge) return bounds;
        return reverse ? bounds with { High = edge, HighIncluded = false } : bounds with { Low = edge, LowIncluded = false };
    }

    private async Task LoadAsync(KeyBounds rest, int wanted, CancellationToken cancellationToken)
    {
        try
        {
            var level = new List<NodeView> { root };
            var perNode = (double)version;
            for (var depth = 0; depth <= TreeReader.MaxDepth; depth++)
            {
                var isLowest = level[0].IsLeaf;
                if (isLowest) Trim(level, wanted);
                await LoadNamedAsync(level, cancellationToken).ConfigureAwait(false);
                if (isLowest)
                {
                    _edge = LastKey(level[^1]);
                    return;
                }

                perNode = Math.Max(FewestKeys, perNode * level.Count / level.Sum(node => node.ChildCount));
                var next = Below(level, rest).Take((int)(wanted * Margin / perNode) + 2).ToArray();
                if (next.Length == 0) break;
                level.Clear();
                foreach (var address in next) level.Add(await reader.GetNodeAsync(address, cancellationToken).ConfigureAwait(false));
            }
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException)
        {
            // A hint that came to nothing: the walk meets the same trouble itself, and says it.
        }

        _edge = null;
    }

    // An entry above lies between two leaves. Of the first leaf only a part may be in the range.
    private static void Trim(List<NodeView> leaves, int wanted)
    {
        var kept = 1;
        for (var keys = 0; kept < leaves.Count && keys < wanted; kept++) keys += leaves[kept].KeyCount + 1;
        leaves.RemoveRange(kept, leaves.Count - kept);
    }

    // All blocks that a level names, in one round trip. Which children lie in the range is known only with the keys, so the few outside come along.
    private async Task LoadNamedAsync(List<NodeView> level, CancellationToken cancellationToken)
    {
        var loads = new List<Task>();
        foreach (var node in level)
        {
            for (var i = 0; i < node.KeyCount && loads.Count < MaxLoads; i++) Load(node.KeySeq(i));
            for (var i = 0; i < node.ChildCount && loads.Count < MaxLoads; i++) Load(node.ChildAt(i).Seq);
        }

        await Task.WhenAll(loads).ConfigureAwait(false);

        void Load(ulong seq)
        {
            if (!reader.TryGetBlock(seq, out _)) loads.Add(reader.GetBlockAsync(seq, cancellationToken).AsTask());
        }
    }

    private IEnumerable<NodeAddress> Below(List<NodeView> level, KeyBounds rest)
    {
        foreach (var node in level)
        {
            for (var i = 0; i < node.ChildCount; i++)
            {
                var child = reverse ? node.ChildCount - 1 - i : i;
                if (child < node.KeyCount && KeyOf(node, child) is { } upper && rest.IsBelow(upper.Span)) continue;
                if (child > 0 && KeyOf(node, child - 1) is { } lower && rest.IsAbove(lower.Span)) continue;
                yield return node.ChildAt(child);
            }
        }
    }

    private ReadOnlyMemory<byte>? KeyOf(NodeView node, int index) => reader.TryGetBlock(node.KeySeq(index), out var block) ? block.Key : null;

    private ReadOnlyMemory<byte>? LastKey(NodeView leaf) => leaf.KeyCount == 0 ? null : KeyOf(leaf, reverse ? 0 : leaf.KeyCount - 1);
}
