namespace Nashi.Autobase.Graph;

/// <summary>When a node counts as confirmed.</summary>
internal sealed partial class Consensus
{
    private enum Confirmation
    {
        /// <summary>The indexer has not shown that it knows the node.</summary>
        Unseen,

        /// <summary>It has nodes strictly newer, but none that has seen a majority acknowledge.</summary>
        Newer,

        /// <summary>It has a strictly newer node that has seen a majority acknowledge.</summary>
        Acked,
    }

    /// <summary>Whether <paramref name="parent"/> is newer: of all it has seen, nothing is unrelated to <paramref name="node"/>.</summary>
    private bool IsStrictlyNewer(GraphNode node, GraphNode parent)
    {
        if (!parent.Sees(node)) return false;
        for (var i = 0; i < _indexers.Count; i++)
        {
            var latest = parent.Clock[i];
            var oldest = Decided(i);
            if (latest <= oldest) continue;
            var length = Math.Max(node.Clock[i], oldest);
            if (latest < length) return false;
            if (latest == length) continue;

            // The first node of this indexer that the older one has not seen.
            var next = NotForgotten(_indexers[i], length);
            if (next is null || next.Sees(node) || latest < next.Length) continue;
            return false;
        }

        return true;
    }

    private List<GraphNode> Acks(GraphNode node)
    {
        var acks = new List<GraphNode>(_indexers.Count);
        if (node.Writer.IsIndexer) acks.Add(node);
        foreach (var indexer in _indexers)
        {
            if (indexer == node.Writer) continue;
            var next = NotForgotten(indexer, node.Clock[indexer.Ordinal]);
            if (next is not null && next.Sees(node) && IsStrictlyNewer(node, next)) acks.Add(next);
        }

        return acks;
    }

    private bool IsConfirmed(GraphNode node, GraphNode? parent = null)
    {
        var acks = Acks(node);
        if (acks.Count < _majority) return false;

        var acked = new bool[_indexers.Count];
        var count = 0;
        var isKnownToAll = true;
        foreach (var indexer in _indexers)
        {
            var confirmation = Confirms(indexer, node, acks, LengthSeen(indexer, parent));
            if (confirmation == Confirmation.Acked)
            {
                acked[indexer.Ordinal] = true;
                if (++count >= _majority) return true;
            }

            isKnownToAll &= confirmation != Confirmation.Unseen;
        }

        return parent is null ? isKnownToAll : CanBeConfirmedAt(node, parent, acks, acked, count);
    }

    private static ulong LengthSeen(GraphWriter indexer, GraphNode? parent)
    {
        if (parent is null) return indexer.Length;
        return parent.Writer == indexer ? parent.Length - 1 : parent.Clock[indexer.Ordinal];
    }

    private Confirmation Confirms(GraphWriter indexer, GraphNode node, List<GraphNode> acks, ulong length)
    {
        if (length == 0 || Decided(indexer.Ordinal) >= length) return Confirmation.Unseen;
        var mayJump = true;
        var onlyNewer = true;
        for (var i = (long)length - 1; i >= 0; i--)
        {
            var head = indexer.At((ulong)i);
            if (head is null) return Confirmation.Unseen;

            var seen = CountSeen(head, acks);
            if (!onlyNewer && seen < _majority) return Confirmation.Unseen;
            if (IsStrictlyNewer(node, head)) return seen < _majority ? Confirmation.Newer : Confirmation.Acked;

            onlyNewer = false;
            if (!mayJump) continue;

            // Nodes strictly newer lie side by side: look for them by halves. Two later, as the search may be off by one and the loop steps down.
            mayJump = false;
            var found = FindNewer(indexer, node, (long)length - 1);
            if (found + 1 < i) i = found + 2;
        }

        return Confirmation.Unseen;
    }

    private long FindNewer(GraphWriter indexer, GraphNode node, long top)
    {
        long bottom = 0;
        while (top > bottom)
        {
            var middle = (top + bottom) >> 1;
            var probe = indexer.At((ulong)middle);
            if (probe is null || !probe.Sees(node) || IsStrictlyNewer(node, probe)) bottom = middle + 1;
            else top = middle - 1;
        }

        return bottom;
    }

    private int CountSeen(GraphNode head, List<GraphNode> acks)
    {
        var seen = 0;
        foreach (var ack in acks)
        {
            if (head.Sees(ack) && ++seen >= _majority) break;
        }

        return seen;
    }

    private bool CanBeConfirmedAt(GraphNode node, GraphNode parent, List<GraphNode> acks, bool[] acked, int count)
    {
        if (CountSeen(parent, acks) < _majority) return false;
        foreach (var indexer in _indexers)
        {
            if (acked[indexer.Ordinal]) continue;
            var length = parent.Clock[indexer.Ordinal];

            // An indexer whose last node the older one has seen is free to confirm it later. So is one whose last node is newer.
            if (node.Clock[indexer.Ordinal] < length && indexer.At(length - 1) is { } head && !IsDecided(head) && !IsStrictlyNewer(node, head)) continue;
            if (++count >= _majority) return true;
        }

        return false;
    }

    private static GraphNode? NotForgotten(GraphWriter indexer, ulong position) => indexer.At(Math.Max(position, indexer.Indexed));
}
