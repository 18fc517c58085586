using Nashi.Encoding;

namespace Nashi.Autobase.Graph;

/// <summary>One writer's nodes that are in the graph and not yet taken out of it.</summary>
/// <remarks>Nodes below <see cref="Indexed"/> are forgotten: they are in the order for good.</remarks>
internal sealed class GraphWriter(CoreKey key, int ordinal, ulong indexed)
{
    private readonly NodeWindow _nodes = new();

    public CoreKey Key { get; } = key;

    /// <summary>The place among the indexers; −1 for a writer that indexes nothing.</summary>
    public int Ordinal { get; } = ordinal;

    public bool IsIndexer => Ordinal >= 0;

    /// <summary>Whether the system says that it may not write. The order does not depend on it; what is applied does.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>How many nodes at the start are forgotten.</summary>
    public ulong Indexed { get; private set; } = indexed;

    /// <summary>How many nodes there are, those forgotten counted.</summary>
    public ulong Length => Indexed + (ulong)_nodes.Count;

    public GraphNode? Head => _nodes.Count == 0 ? null : _nodes[_nodes.Count - 1];

    /// <summary>The node at a position from zero; null when it is forgotten or not there yet.</summary>
    public GraphNode? At(ulong position) => position >= Indexed && position < Length ? _nodes[(int)(position - Indexed)] : null;

    public void Add(GraphNode node) => _nodes.Add(node);

    /// <summary>Forgets the oldest node, and the rest of its batch.</summary>
    public void Forget()
    {
        while (_nodes.Count > 0)
        {
            var node = _nodes.RemoveFirst();
            Indexed++;
            node.Forget();
            if (node.Batch <= 1) return;
        }
    }
}
