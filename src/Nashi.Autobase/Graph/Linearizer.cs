using Nashi.Autobase.Messages;
using Nashi.Encoding;

namespace Nashi.Autobase.Graph;

/// <summary>Puts the nodes of many writers in one order, the same for everybody who has the same nodes.</summary>
/// <remarks>
/// Pure: no I/O, no clock. Its state is a function of the starting system and of the nodes fed to <see cref="TryAdd"/>, each after those that it follows.
/// <see cref="Update"/> says what changed in the order since it was last asked. Made anew when the set of indexers changes. Spec: data.md §7.3, §7.4.
/// </remarks>
internal sealed class Linearizer
{
    private readonly Dictionary<CoreKey, GraphWriter> _writers = [];
    private readonly List<GraphWriter> _indexers = [];
    private readonly Consensus _consensus;
    private readonly Tip _tip = new();
    private readonly NodeSet _heads = new();
    private readonly NodeSet _tails = new();
    private readonly List<WriterHead> _indexedHeads;
    private bool _isDirty;

    /// <summary>Starts after a system state.</summary>
    /// <param name="indexers">The indexers in the system's order, with the lengths that are applied.</param>
    /// <param name="heads">The system's heads.</param>
    public Linearizer(IReadOnlyList<WriterHead> indexers, IReadOnlyList<WriterHead> heads)
    {
        foreach (var indexer in indexers)
        {
            var writer = new GraphWriter(indexer.Key, _indexers.Count, indexer.Length);
            if (_writers.TryAdd(indexer.Key, writer)) _indexers.Add(writer);
        }

        _consensus = new(_indexers, heads);
        _indexedHeads = [.. heads];
    }

    public IReadOnlyList<GraphWriter> Indexers => _indexers;

    /// <summary>The nodes that nothing follows yet.</summary>
    public IReadOnlyList<GraphNode> Heads => _heads;

    /// <summary>How many nodes are not in the order for good.</summary>
    public int Count { get; private set; }

    public GraphWriter? Writer(CoreKey key) => _writers.GetValueOrDefault(key);

    /// <summary>What a new node follows: the indexed heads that nothing replaced, then the others in the order they came.</summary>
    public List<WriterHead> GetHeads()
    {
        var heads = new List<WriterHead>(_indexedHeads.Count + _heads.Count);
        heads.AddRange(_indexedHeads);
        foreach (var head in _heads) heads.Add(head.Head);
        return heads;
    }

    /// <summary>Makes a writer known that is no indexer, from the length that is applied.</summary>
    public GraphWriter AddWriter(CoreKey key, ulong indexed)
    {
        if (_writers.TryGetValue(key, out var known)) return known;
        return _writers[key] = new(key, -1, indexed);
    }

    /// <summary>The first node that a message waits for; null when it can be added.</summary>
    public WriterHead? MissingFor(CoreKey writer, OplogMessage message)
    {
        foreach (var link in message.Heads)
        {
            if (link.Key == writer) continue;
            if (!_writers.TryGetValue(link.Key, out var other) || other.Length < link.Length) return link;
        }

        return null;
    }

    /// <summary>Adds a writer's next node.</summary>
    /// <returns>Null when it names a node twice: such a graph is damaged, and its writer not heard any more.</returns>
    public GraphNode? TryAdd(GraphWriter writer, OplogMessage message)
    {
        var node = new GraphNode(writer, message);
        if (!TryLink(node)) return null;
        writer.Add(node);
        _indexedHeads.RemoveAll(node.Names);
        if (node.IsTail) _tails.Add(node);
        _heads.RemoveWhere(head => node.Names(head.Head));
        _tip.Add(node);
        if (writer.IsIndexer) _consensus.Add(node);
        _heads.Add(node);
        Count++;
        _isDirty = true;
        return node;
    }

    /// <summary>What changed in the order since the last time; null when nothing did.</summary>
    public LinearizerStep? Update()
    {
        if (!_isDirty) return null;
        _isDirty = false;
        var indexed = new List<GraphNode>();
        while (_consensus.Next() is { Count: > 0 } next) Yield(next, indexed);
        if (indexed.Count > 0) _tip.Index(indexed);

        var step = new LinearizerStep(_tip.Shared, _tip.Undo, indexed, _tip.Nodes);
        _tip.Mark();
        foreach (var node in indexed)
        {
            if (node.Batch <= 1) node.Writer.Forget();
        }

        return step;
    }

    /// <summary>Whether an indexer should acknowledge what there is.</summary>
    /// <param name="writer">The indexer that asks.</param>
    /// <param name="hasPending">Whether indexers wait to become some: then empty nodes count as news too.</param>
    public bool ShouldAck(GraphWriter writer, bool hasPending = false)
    {
        if (!writer.IsIndexer) return false;
        var isHead = false;
        foreach (var head in _heads)
        {
            if (!head.Writer.IsIndexer) return true;
            isHead |= head.Writer == writer;
        }

        if (_heads.Count == 1 && isHead) return false;
        if (hasPending ? _tails.Count == 0 : !HasValue()) return false;
        return _consensus.IsAckWanted(writer) || IsHeadNews(writer, hasPending);
    }

    /// <summary>Whether undecided values wait, and a node of this writer may help even where <see cref="ShouldAck"/> sees no news.</summary>
    /// <remarks>
    /// Indexers that acknowledge at the same time, each unaware of the others, may all be satisfied with what they said while nothing is decided; the reference waits for
    /// the next value then. Of several that lead, the one with the lowest key joins them, so that the rest can follow in turn. To be asked a few times at most: with a
    /// majority away, nothing helps.
    /// </remarks>
    /// <param name="writer">The indexer that asks.</param>
    /// <param name="mayLead">Joins whatever its key is: the one with the lowest may be away.</param>
    public bool IsUndecided(GraphWriter writer, bool mayLead)
    {
        if (!writer.IsIndexer || _heads.All(head => head.Writer == writer)) return false;
        var isOutdone = _heads.Any(head => head.Writer == writer) && _heads.Any(head => head.Writer.IsIndexer && head.Writer.Key.Value < writer.Key.Value);
        return (mayLead || !isOutdone) && HasValue();
    }

    private bool HasValue()
    {
        var seen = new HashSet<GraphNode>();
        var open = new Stack<GraphNode>(_tails);
        while (open.TryPop(out var node))
        {
            if (node.Value is not null) return true;
            if (!seen.Add(node)) continue;
            foreach (var dependent in node.Dependents) open.Push(dependent);
        }

        return false;
    }

    // Whether another's head has seen more acknowledgements of some value than this writer's has.
    private bool IsHeadNews(GraphWriter writer, bool hasPending)
    {
        foreach (var head in _heads)
        {
            if (head.Writer != writer && IsNews(head, writer.Head, hasPending)) return true;
        }

        return false;
    }

    private bool IsNews(GraphNode head, GraphNode? own, bool hasPending)
    {
        var seen = new HashSet<GraphNode>();
        var open = new Stack<GraphNode>([head]);
        while (open.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            if (hasPending || node.Value is not null)
            {
                var theirs = _consensus.AckedFrom(node, head);
                var ours = _consensus.AckedFrom(node, own);
                if (!theirs.IsSubsetOf(ours)) return true;
                if (theirs.Count > 0 && ours.Count > 0) continue;
            }

            foreach (var dependency in node.Dependencies) open.Push(dependency);
        }

        return false;
    }

    // Links to what is in the graph. What is not there any more is in the order already.
    private bool TryLink(GraphNode node)
    {
        node.Clock = new ulong[_indexers.Count];
        foreach (var link in node.Links)
        {
            var other = link.Length == 0 || !_writers.TryGetValue(link.Key, out var writer) ? null : writer.At(link.Length - 1);
            if (other is { IsYielded: false } && !node.Dependencies.Add(other)) return false;
        }

        if (node.Writer.Head is { IsYielded: false } previous) node.Dependencies.Add(previous);
        foreach (var dependency in node.Dependencies)
        {
            dependency.Dependents.Add(node);
            for (var i = 0; i < node.Clock.Length; i++) node.Clock[i] = Math.Max(node.Clock[i], dependency.Clock[i]);
        }

        if (node.Writer.IsIndexer) node.Clock[node.Writer.Ordinal] = node.Length;
        return true;
    }

    // Moves nodes, and all that they follow, into the order: those that follow nothing first.
    private void Yield(List<GraphNode> nodes, List<GraphNode> indexed)
    {
        var offset = indexed.Count;
        var ready = new Stack<GraphNode>();
        var open = new Stack<GraphNode>(nodes);
        while (open.TryPop(out var node))
        {
            if (node.IsYielding) continue;
            node.IsYielding = true;
            if (node.IsTail) ready.Push(node);
            foreach (var dependency in node.Dependencies) open.Push(dependency);
        }

        while (ready.TryPop(out var node))
        {
            if (node.IsYielded) continue;
            foreach (var member in YieldBatch(node, indexed, offset))
            {
                foreach (var dependent in member.Dependents)
                {
                    if (dependent is { IsTail: true, IsYielding: true, IsYielded: false }) ready.Push(dependent);
                }
            }
        }
    }

    // A batch goes whole. An honest one is linked by its last node only.
    private List<GraphNode> YieldBatch(GraphNode node, List<GraphNode> indexed, int offset)
    {
        var batch = new List<GraphNode> { node };
        Remove(node);
        while (node.Batch != 1 && node.Writer.At(node.Length) is { } next)
        {
            node = next;
            Remove(node);
            batch.Add(node);
        }

        foreach (var member in batch) Tip.Insert(member, indexed, offset);
        return batch;
    }

    private void Remove(GraphNode node)
    {
        _tails.Remove(node);
        _heads.Remove(node);
        _consensus.Remove(node);
        foreach (var dependent in node.Dependents)
        {
            if (dependent.IsYielded) continue;
            if (dependent.IsYielding && dependent.Dependencies.Contains(node)) dependent.Dropped++;
            else dependent.Dependencies.Remove(node);
            if (IsTailNext(dependent)) _tails.Add(dependent);
        }

        node.IsYielded = true;
        Count--;
        if (_heads.Count == 0) _indexedHeads.Add(node.Head);
    }

    private static bool IsTailNext(GraphNode node)
    {
        var dropped = node.Dropped;
        foreach (var dependency in node.Dependencies)
        {
            if (!dependency.IsYielded && dropped-- == 0) return false;
        }

        return true;
    }
}
