namespace Nashi.Autobase.Graph;

/// <summary>The nodes that are not in the order for good, in the order they have for now.</summary>
/// <remarks>
/// A node lies after all that it follows, else as early as its writer's key allows. Optimistic nodes lie as late as those that follow them allow, so that whoever
/// vouches for their writer comes first. <see cref="Shared"/> and <see cref="Undo"/> tell what of the last state still stands. Spec: data.md §7.3.
/// </remarks>
internal sealed class Tip
{
    private List<GraphNode> _nodes = [];

    public IReadOnlyList<GraphNode> Nodes => _nodes;

    /// <summary>How many nodes from the start are as they were.</summary>
    public int Shared { get; private set; }

    /// <summary>How many nodes of the last state no longer stand.</summary>
    public int Undo { get; private set; }

    public void Add(GraphNode node) => Track(Insert(node, _nodes, 0));

    /// <summary>Takes the nodes that are now in the order for good out of the list.</summary>
    public void Index(IReadOnlyList<GraphNode> indexed)
    {
        var shared = 0;
        while (shared < indexed.Count && _nodes[shared] == indexed[shared]) shared++;
        if (shared < indexed.Count) Track(shared);

        var rest = new List<GraphNode>(_nodes.Count - shared);
        for (var i = shared; i < _nodes.Count; i++)
        {
            if (_nodes[i].IsYielded) continue;
            var place = Insert(_nodes[i], rest, 0);
            if (place != rest.Count - 1) Track(shared + place);
        }

        _nodes = rest;
    }

    /// <summary>From here on, the present state is the last one.</summary>
    public void Mark() => (Shared, Undo) = (_nodes.Count, 0);

    /// <summary>Inserts a node in a list whose first <paramref name="offset"/> places are settled.</summary>
    /// <returns>The first place whose node changed.</returns>
    public static int Insert(GraphNode node, List<GraphNode> list, int offset)
    {
        list.Add(node);
        node.Place = list.Count - 1;
        if (FollowsOptimistic(node)) return InsertAfterOptimistic(node, list, offset);
        Settle(node, list, offset);
        return node.Place;
    }

    private void Track(int shared)
    {
        if (shared >= Shared) return;
        Undo += Shared - shared;
        Shared = shared;
    }

    private static int InsertAfterOptimistic(GraphNode node, List<GraphNode> list, int offset)
    {
        // Those that it follows make way downwards, and rise again in reverse once it has its place.
        var optimistic = OptimisticBelow(node, list);
        var places = new int[optimistic.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = optimistic[i].Place;
            Sink(optimistic[i], list, offset);
        }

        Settle(node, list, offset);
        for (var i = places.Length - 1; i >= 0; i--) RiseOptimistic(optimistic[i], list, offset);

        var shared = node.Place;
        for (var i = 0; i < places.Length; i++)
        {
            if (places[i] != optimistic[i].Place) shared = Math.Min(shared, Math.Min(places[i], optimistic[i].Place));
        }

        return shared;
    }

    private static void Settle(GraphNode node, List<GraphNode> list, int offset)
    {
        Sink(node, list, offset);
        if (node.IsOptimistic) RiseOptimistic(node, list, offset);
        else Rise(node, list);
    }

    private static void Sink(GraphNode node, List<GraphNode> list, int offset)
    {
        while (node.Place > offset && !Follows(node, list[node.Place - 1])) Swap(list, node.Place - 1);
    }

    private static void Rise(GraphNode node, List<GraphNode> list)
    {
        while (node.Place < list.Count - 1 && CompareToSteady(node, list[node.Place + 1], list) > 0) Swap(list, node.Place);
    }

    private static void RiseOptimistic(GraphNode node, List<GraphNode> list, int offset)
    {
        while (node.Place < list.Count - 1 && !Follows(list[node.Place + 1], node)) Swap(list, node.Place);
        while (node.Place > offset && list[node.Place - 1].IsOptimistic && Compare(list[node.Place - 1], node) > 0) Swap(list, node.Place - 1);
    }

    private static void Swap(List<GraphNode> list, int place)
    {
        (list[place], list[place + 1]) = (list[place + 1], list[place]);
        list[place].Place = place;
        list[place + 1].Place = place + 1;
    }

    private static bool FollowsOptimistic(GraphNode node)
    {
        foreach (var dependency in node.Dependencies)
        {
            if (dependency.IsOptimistic) return true;
        }

        return false;
    }

    private static List<GraphNode> OptimisticBelow(GraphNode node, List<GraphNode> list)
    {
        var found = new HashSet<GraphNode>();
        var open = new Stack<GraphNode>([node]);
        while (open.TryPop(out var next))
        {
            if (next != node && !found.Add(next)) continue;
            foreach (var dependency in next.Dependencies)
            {
                if (dependency.IsOptimistic) open.Push(dependency);
            }
        }

        var sorted = new List<GraphNode>(found.Count);
        for (var i = list.Count - 1; i >= 0 && sorted.Count < found.Count; i--)
        {
            if (found.Contains(list[i])) sorted.Add(list[i]);
        }

        sorted.Reverse();
        return sorted;
    }

    private static bool Follows(GraphNode node, GraphNode other) =>
        (node.Writer == other.Writer && node.Length == other.Length + 1) || other.Dependents.Contains(node);

    // An optimistic neighbour has no say: the next one that is not decides.
    private static int CompareToSteady(GraphNode node, GraphNode next, List<GraphNode> list)
    {
        for (var i = next.Place; i < list.Count; i++)
        {
            if (!list[i].IsOptimistic) return Compare(node, list[i]);
        }

        return -1;
    }

    private static int Compare(GraphNode left, GraphNode right)
    {
        if (Follows(right, left)) return -1;
        var keys = left.Writer.Key.Value.CompareTo(right.Writer.Key.Value);
        if (keys != 0) return keys;
        return left.Length < right.Length ? -1 : 1;
    }
}
