using System.Collections;

namespace Nashi.Autobase.Graph;

/// <summary>A set of nodes that remembers the order they came in.</summary>
/// <remarks>Almost always a handful, so a list; a node that thousands follow gets an index beside it.</remarks>
internal sealed class NodeSet : IReadOnlyList<GraphNode>
{
    private const int IndexAbove = 16;

    private readonly List<GraphNode> _nodes = [];
    private HashSet<GraphNode>? _index;

    public int Count => _nodes.Count;

    public GraphNode this[int index] => _nodes[index];

    public bool Contains(GraphNode node) => _index?.Contains(node) ?? _nodes.Contains(node);

    public bool Add(GraphNode node)
    {
        if (Contains(node)) return false;
        _nodes.Add(node);
        if (_index is not null) _index.Add(node);
        else if (_nodes.Count > IndexAbove) _index = [.. _nodes];
        return true;
    }

    public bool Remove(GraphNode node)
    {
        if (_index is not null && !_index.Remove(node)) return false;
        return _nodes.Remove(node);
    }

    public void RemoveWhere(Predicate<GraphNode> match)
    {
        if (_nodes.RemoveAll(match) > 0 && _index is not null) _index = [.. _nodes];
    }

    public List<GraphNode>.Enumerator GetEnumerator() => _nodes.GetEnumerator();

    IEnumerator<GraphNode> IEnumerable<GraphNode>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
