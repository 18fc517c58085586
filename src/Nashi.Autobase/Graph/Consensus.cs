namespace Nashi.Autobase.Graph;

/// <summary>Decides which nodes of the indexers come next in the order for good.</summary>
/// <remarks>
/// A node is decided once a majority of indexers has seen that a majority of indexers has seen it, and no other node can be decided instead. Nothing here depends
/// on when something arrived: only on the graph, and on what was decided before. Spec: data.md §7.4, whose words are used.
/// </remarks>
internal sealed partial class Consensus
{
    private readonly IReadOnlyList<GraphWriter> _indexers;
    private readonly int _majority;
    private readonly NodeSet _merges = new();

    // How much of each indexer is decided; null before anything of it is.
    private readonly ulong?[] _decided;
    private bool _isDirty;

    public Consensus(IReadOnlyList<GraphWriter> indexers, IEnumerable<WriterHead> heads)
    {
        _indexers = indexers;
        _majority = (indexers.Count >> 1) + 1;
        _decided = new ulong?[indexers.Count];
        foreach (var head in heads)
        {
            foreach (var indexer in indexers)
            {
                if (indexer.Key == head.Key) _decided[indexer.Ordinal] = head.Length;
            }
        }
    }

    /// <summary>Takes in an indexer's new node.</summary>
    public void Add(GraphNode node)
    {
        if (IsMerge(node)) _merges.Add(node);
        _isDirty = true;
    }

    /// <summary>Tells that a node is in the order for good. May be told twice.</summary>
    public void Remove(GraphNode node)
    {
        _merges.Remove(node);
        if (node.Writer.IsIndexer) _decided[node.Writer.Ordinal] = node.Length;
    }

    /// <summary>The nodes that come next, with all that they follow; empty when nothing can be decided.</summary>
    public List<GraphNode> Next()
    {
        if (!_isDirty) return [];
        var tails = Tails();
        foreach (var tail in tails)
        {
            if (!IsConfirmed(tail)) continue;
            Remove(tail);
            return [tail];
        }

        foreach (var merge in _merges)
        {
            if (IsConfirmed(merge)) return Descend(merge, tails);
        }

        _isDirty = false;
        return [];
    }

    // A confirmed merge is decided by what below it is confirmed from its point of view; where nothing is, all of it is equal.
    private List<GraphNode> Descend(GraphNode node, NodeSet tails)
    {
        while (!tails.Contains(node))
        {
            var next = ConfirmedBelow(node, tails);
            if (next is null) return DecideAll(node, tails);
            node = next;
        }

        Remove(node);
        return [node];
    }

    private GraphNode? ConfirmedBelow(GraphNode node, NodeSet tails)
    {
        foreach (var tail in tails)
        {
            if (node.Sees(tail) && IsConfirmed(tail, node)) return tail;
        }

        foreach (var merge in _merges)
        {
            // A merge may be a tail: then it was asked above.
            if (merge != node && node.Sees(merge) && !tails.Contains(merge) && IsConfirmed(merge, node)) return merge;
        }

        return null;
    }

    private List<GraphNode> DecideAll(GraphNode node, NodeSet tails)
    {
        var all = new List<GraphNode>();
        foreach (var tail in tails)
        {
            if (!node.Sees(tail)) continue;
            Remove(tail);
            all.Add(tail);
        }

        return all;
    }

    // The first undecided node of each indexer, without those that have seen another.
    private NodeSet Tails()
    {
        var tails = new NodeSet();
        foreach (var indexer in _indexers)
        {
            var head = indexer.At(_decided[indexer.Ordinal] ?? indexer.Indexed);
            if (head is null || IsDecided(head)) continue;
            if (Admit(head, tails)) tails.Add(head);
        }

        return tails;
    }

    private static bool Admit(GraphNode head, NodeSet tails)
    {
        for (var i = 0; i < tails.Count; i++)
        {
            var tail = tails[i];
            if (head.Sees(tail)) return false;
            if (tail.Sees(head)) tails.Remove(tails[i--]);
        }

        return true;
    }

    // Whether the node joins branches: of the newest nodes it sees from each indexer, several have not seen each other.
    private bool IsMerge(GraphNode node)
    {
        var tops = new List<GraphNode>();
        foreach (var indexer in _indexers)
        {
            var seen = node.Clock[indexer.Ordinal];
            if (indexer == node.Writer) seen--;
            var head = seen == 0 ? null : indexer.At(seen - 1);
            if (head is null || IsDecided(head)) continue;
            if (AdmitTop(head, tops)) tops.Add(head);
        }

        return tops.Count > 1;
    }

    // The last one moves into the place of one that is dropped.
    private static bool AdmitTop(GraphNode head, List<GraphNode> tops)
    {
        for (var i = 0; i < tops.Count; i++)
        {
            if (tops[i].Sees(head)) return false;
            if (!head.Sees(tops[i])) continue;
            tops[i--] = tops[^1];
            tops.RemoveAt(tops.Count - 1);
        }

        return true;
    }

    private bool IsDecided(GraphNode node) => Decided(node.Writer.Ordinal) >= node.Length;

    private ulong Decided(int ordinal) => _decided[ordinal] ?? 0;
}
