namespace Nashi.Autobase.Graph;

/// <summary>What the graph's new nodes did to the order.</summary>
/// <param name="Shared">How many nodes of the order so far, counted from the last one that was indexed before, stay as they were.</param>
/// <param name="Undo">How many of them, from the end, no longer stand.</param>
/// <param name="Indexed">The nodes that are in the order for good from now on.</param>
/// <param name="Tip">The nodes after them, in the order they have for now; the list lives and changes with the next node.</param>
internal sealed record LinearizerStep(int Shared, int Undo, IReadOnlyList<GraphNode> Indexed, IReadOnlyList<GraphNode> Tip)
{
    public int Length => Indexed.Count + Tip.Count;

    public GraphNode this[int place] => place < Indexed.Count ? Indexed[place] : Tip[place - Indexed.Count];
}
