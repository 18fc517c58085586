using Nashi.Hyperbee2.Blocks;
using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2.Writing;

/// <summary>Spreads the changed nodes of a tree over blocks. The root's block is the last, long values are in the first.</summary>
internal sealed class TreePacker(TreeEditor editor, BeeCore local, CoreNumbers numbers, Bee2WriteOptions options)
{
    // So many bytes the reference reckons for a pointer.
    private const int PointerSize = 12;
    private const int MaxSteps = 16;

    // In the order of the reference: the root's first, and so the other way round than in the log.
    private readonly List<PendingBlock> _blocks = [];

    private bool HasSteps => options.Format == Bee2Format.Version1;

    /// <summary>How many blocks there will be.</summary>
    public int Count => _blocks.Count;

    /// <summary>Decides what goes into which block.</summary>
    public void Plan(IReadOnlyList<BatchWrite> writes)
    {
        var block = NewBlock();
        var values = new List<KeyEntry>();
        var open = new Stack<ChildLink>([editor.Renew(editor.Root)]);
        while (open.TryPop(out var link))
        {
            if (options.Format != Bee2Format.Compat && block.Size >= options.PreferredBlockSize) block = NewBlock();
            var node = editor.FindChanged(link)!;
            block.Nodes.Add((link, node));
            block.Size += PointerSize * (node.Keys.StepCount + node.Children.StepCount);
            PlanKeys(block, node, values);
            for (var i = 0; i < node.Children.Count; i++)
            {
                if (editor.FindChanged(node.Children[i]) is null) continue;
                var fresh = editor.Renew(node.Children[i]);
                node.Children.Set(i, fresh);
                open.Push(fresh);
            }
        }

        if (options.Format == Bee2Format.Compat) OneKeyPerBlock(writes);
        else PlanValues(values);
    }

    /// <summary>Gives everything its place, from a sequence number on, and makes the blocks.</summary>
    public byte[][] Encode(ulong first, Func<BlockPointer?> previousBlock)
    {
        for (var i = 0; i < _blocks.Count; i++) Place(_blocks[i], SeqOf(first, i));
        var previous = previousBlock();
        var changed = numbers.IsChanged;
        var checkpoint = changed ? first + (ulong)_blocks.Count : numbers.Checkpoint;
        var encoded = new byte[_blocks.Count][];
        for (var i = 0; i < _blocks.Count; i++)
        {
            var block = Describe(_blocks[i]) with
            {
                Checkpoint = checkpoint,
                BatchStart = (ulong)(_blocks.Count - 1 - i),
                BatchEnd = (ulong)i,
                Previous = i == 0 ? previous : null,
                Cores = i == 0 && changed ? numbers.ToArray() : null,
            };
            encoded[_blocks.Count - 1 - i] = TreeBlockCodec.Encode(block);
        }

        return encoded;
    }

    /// <summary>The nodes that were written, as a reader would load them.</summary>
    public IEnumerable<(Place At, TreeNode Node)> Written()
        => from block in _blocks
           from pair in block.Nodes.Zip(block.Settled)
           select (pair.First.Link.At, new TreeNode(editor.RootNode.Degree, pair.Second.Keys, pair.Second.Children));

    private PendingBlock NewBlock()
    {
        var block = new PendingBlock();
        _blocks.Add(block);
        return block;
    }

    private ulong SeqOf(ulong first, int index) => first + (ulong)(_blocks.Count - 1 - index);

    private void PlanKeys(PendingBlock block, EditNode node, List<KeyEntry> values)
    {
        for (var i = 0; i < node.Keys.Count; i++)
        {
            var key = node.Keys[i];
            if (!key.IsPending) continue;
            var apart = HasSteps && key.Value is { } value && value.Length > options.InlineValueSize;
            if (apart) values.Add(key);
            block.Keys.Add(key);
            block.Size += key.Key.Length + (apart ? PointerSize : 0);
        }
    }

    private void PlanValues(List<KeyEntry> values)
    {
        PendingBlock? block = null;
        foreach (var key in values)
        {
            block ??= NewBlock();
            block.Values.Add(key);
            block.Size += key.Value!.Value.Length;
            if (block.Size >= options.PreferredBlockSize) block = null;
        }
    }

    // A block of the older Hyperbee is about one key: one block for each write, the last write's holds the nodes.
    private void OneKeyPerBlock(IReadOnlyList<BatchWrite> writes)
    {
        var root = _blocks[0];
        var pending = new Dictionary<string, KeyEntry>(StringComparer.Ordinal);
        foreach (var key in root.Keys) pending[Convert.ToHexString(key.Key.Span)] = key;
        var used = 0;
        for (var i = writes.Count - 1; i >= 0; i--)
        {
            var write = writes[i];
            if (!write.IsPut && !write.IsApplied) continue;
            var key = pending.GetValueOrDefault(Convert.ToHexString(write.Key.Span)) ?? new KeyEntry(new Place(local, 0, 0)) { Key = write.Key, Value = write.Value };
            (used++ == 0 ? root : NewBlock()).Keys = [key];
        }
    }

    // What comes to nothing depends on the order in which keys get their places: that of the reference, block by block and node by node.
    private void Place(PendingBlock block, ulong seq)
    {
        for (var i = 0; i < block.Values.Count; i++)
        {
            var key = block.Values[i];
            key.Location = new ValueLocation(0, seq, i, 0);
        }

        for (var i = 0; i < block.Keys.Count; i++)
        {
            block.Keys[i].At = new Place(local, seq, i);
            block.Keys[i].IsPending = false;
        }

        for (var i = 0; i < block.Nodes.Count; i++)
        {
            var (link, node) = block.Nodes[i];
            link.At = new Place(local, seq, i);
            var keys = node.Keys.Settle(HasSteps ? MaxSteps : 0);
            var children = node.Children.Settle(HasSteps ? MaxSteps : 0);
            PlaceSteps(block, seq, keys.Steps, key => key.At, key => HasSteps && key.IsPending);
            PlaceSteps(block, seq, children.Steps, child => child.At, _ => false);
            block.Settled.Add((keys, children));
        }
    }

    private void PlaceSteps<T>(PendingBlock block, ulong seq, Step<T>[] steps, Func<T, Place> at, Func<T, bool> isNothing)
        where T : class
    {
        foreach (var step in steps)
        {
            if (step.Cohort is not { } cohort)
            {
                PlaceStep(step, at, isNothing);
            }
            else if (cohort.At is { } stored)
            {
                numbers.Of(stored.Core);
            }
            else
            {
                cohort.At = new Place(local, seq, block.Cohorts.Count);
                foreach (var inner in cohort.Steps) PlaceStep(inner, at, isNothing);
                block.Cohorts.Add(cohort);
            }
        }
    }

    private void PlaceStep<T>(Step<T> step, Func<T, Place> at, Func<T, bool> isNothing)
        where T : class
    {
        if (step.Item is { } item && isNothing(item)) step.Item = null;
        if (step.Item is { } kept) numbers.Of(at(kept).Core);
    }

    private TreeBlock Describe(PendingBlock block) => new()
    {
        Type = (BlockType)options.Format,
        Nodes = block.Nodes.Count == 0 ? null : [.. block.Settled.Select(node => new BlockNode(Describe(node.Keys.Steps), Describe(node.Children.Steps)))],
        Keys = block.Keys.Count == 0 && HasSteps ? null : [.. block.Keys.Select(key => Describe(key))],
        Values = block.Values.Count == 0 ? null : [.. block.Values.Select(key => key.Value!.Value)],
        Cohorts = block.Cohorts.Count == 0 ? null : [.. block.Cohorts.Select(DescribeCohort)],
        Degree = editor.RootNode.Degree,
    };

    private static BlockKey Describe(KeyEntry key) => new(key.Key, key.Location is null ? key.Value : null, key.Location);

    private TreeDelta[] DescribeCohort(object cohort)
        => cohort is Cohort<KeyEntry> keys ? Describe(keys.Steps) : Describe(((Cohort<ChildLink>)cohort).Steps);

    private TreeDelta[] Describe(Step<KeyEntry>[] steps) => Array.ConvertAll(steps, step => Describe(step, step.Item?.At));

    private TreeDelta[] Describe(Step<ChildLink>[] steps) => Array.ConvertAll(steps, step => Describe(step, step.Item?.At));

    private TreeDelta Describe<T>(Step<T> step, Place? item)
        where T : class
        => new(step.Kind, (byte)step.Index, (step.Cohort?.At ?? item) is { } at ? new TreePointer(numbers.Of(at.Core), at.Seq, at.Offset) : null);
}
