namespace Nashi.Autobase.Graph;

/// <summary>A queue of nodes that can be read at any place.</summary>
internal sealed class NodeWindow
{
    private GraphNode?[] _ring = new GraphNode?[4];
    private int _first;

    public int Count { get; private set; }

    public GraphNode this[int index] => _ring[(_first + index) & (_ring.Length - 1)]!;

    public void Add(GraphNode node)
    {
        if (Count == _ring.Length) Resize(_ring.Length * 2);
        _ring[(_first + Count++) & (_ring.Length - 1)] = node;
    }

    public GraphNode RemoveFirst()
    {
        var node = _ring[_first]!;
        _ring[_first] = null;
        _first = (_first + 1) & (_ring.Length - 1);
        if (--Count == 0 && _ring.Length > 64) Resize(4);
        return node;
    }

    private void Resize(int size)
    {
        var ring = new GraphNode?[size];
        for (var i = 0; i < Count; i++) ring[i] = this[i];
        (_ring, _first) = (ring, 0);
    }
}
