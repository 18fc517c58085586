namespace Nashi.Autobase.Graph;

/// <summary>Whether a node of one indexer would bring a decision nearer.</summary>
internal sealed partial class Consensus
{
    /// <summary>Whether an indexer's acknowledgement is waited for by some undecided node.</summary>
    public bool IsAckWanted(GraphWriter writer)
    {
        foreach (var tail in Tails())
        {
            if (tail.Writer != writer && IsAckWanted(tail, writer)) return true;
        }

        return false;
    }

    /// <summary>The indexers that, from a node's point of view, have acknowledged another.</summary>
    public HashSet<GraphWriter> AckedFrom(GraphNode node, GraphNode? view)
    {
        var acked = new HashSet<GraphWriter>();
        if (view is null || !view.Sees(node)) return acked;
        acked.Add(view.Writer);
        foreach (var indexer in _indexers)
        {
            if (indexer == view.Writer) continue;
            var length = view.Clock[indexer.Ordinal];
            if (length == 0 || node.Clock[indexer.Ordinal] >= length) continue;
            if (indexer.At(length - 1) is { } head && head.Sees(node)) acked.Add(indexer);
        }

        return acked;
    }

    private bool IsAckWanted(GraphNode node, GraphWriter writer)
    {
        var next = NotForgotten(writer, node.Clock[writer.Ordinal]);
        if (next is null && writer != node.Writer) return true;
        if (next is not null)
        {
            if (!next.Sees(node)) return writer.Head is not { } head || !head.Sees(node);
            if (!IsStrictlyNewer(node, next)) return false;
        }

        // Enough have acknowledged: now it is about who has seen that.
        var acks = Acks(node);
        return acks.Count >= _majority && Confirms(writer, node, acks, writer.Length) == Confirmation.Unseen;
    }
}
