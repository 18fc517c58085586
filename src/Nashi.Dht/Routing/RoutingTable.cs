using System.Runtime.InteropServices;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Routing;

/// <summary>The persistent nodes a node knows: twenty for each number of leading bits shared with its own id. Pure. Source: network.md §2.7.</summary>
/// <remarks>
/// Bounded: 256 rows of 20. Of one public /24 network at most three nodes enter a row, and of one /16 eight: many cheap addresses do not fill it
/// (threats.md §3 row 8).
/// </remarks>
internal sealed class RoutingTable(Bytes32 ownId)
{
    /// <summary>Nodes in a row, and in an answer.</summary>
    public const int K = 20;

    private const int RowCount = 256;
    private const int MaxPer24 = 3;
    private const int MaxPer16 = 8;

    private readonly List<KnownNode>?[] _rows = new List<KnownNode>?[RowCount];
    private readonly Dictionary<Bytes32, KnownNode> _byId = [];
    private readonly LinkedList<KnownNode> _byContact = new();

    /// <summary>The id the rows are counted from.</summary>
    public Bytes32 OwnId { get; } = ownId;

    /// <summary>How many nodes are known.</summary>
    public int Count => _byId.Count;

    /// <summary>All nodes, the one not heard of for longest first.</summary>
    public IEnumerable<KnownNode> ByContact => _byContact;

    /// <summary>All nodes, the one heard of last first.</summary>
    public IEnumerable<KnownNode> Latest
    {
        get
        {
            for (var at = _byContact.Last; at is not null; at = at.Previous) yield return at.Value;
        }
    }

    /// <summary>Finds a node.</summary>
    public KnownNode? Find(in Bytes32 id) => _byId.GetValueOrDefault(id);

    /// <summary>Notes that a node was heard of.</summary>
    public void Touch(KnownNode node, long tick)
    {
        node.SeenTick = tick;
        _byContact.Remove(node.Order!);
        _byContact.AddLast(node.Order!);
    }

    /// <summary>Adds a node that is not known yet.</summary>
    /// <returns>False when its row is full, or has enough nodes of its network.</returns>
    public bool TryAdd(KnownNode node)
    {
        if (node.Id == OwnId || _byId.ContainsKey(node.Id)) return false;
        var row = _rows[RowOf(node.Id)] ??= [];
        if (row.Count >= K || IsCrowded(row, node.Address)) return false;
        row.Add(node);
        _byId.Add(node.Id, node);
        node.Order = _byContact.AddLast(node);
        return true;
    }

    /// <summary>Whether a node with this id and address would be added.</summary>
    public bool HasRoom(in Bytes32 id, UdpAddress address) =>
        _rows[RowOf(id)] is not { } row || (row.Count < K && !IsCrowded(row, address));

    /// <summary>The node of the row in question that was pinged longest ago: the first to make room for <paramref name="id"/>.</summary>
    public KnownNode? CandidateToReplace(in Bytes32 id) => _rows[RowOf(id)] is { Count: >= K } row ? row.MinBy(node => node.PingedTick) : null;

    /// <summary>Forgets a node.</summary>
    public void Remove(KnownNode node)
    {
        if (!_byId.Remove(node.Id)) return;
        _rows[RowOf(node.Id)]!.Remove(node);
        _byContact.Remove(node.Order!);
    }

    /// <summary>Up to <paramref name="count"/> known nodes near a target, nearest first.</summary>
    public List<KnownNode> Closest(Bytes32 target, int count = K)
    {
        var nodes = new List<KnownNode>(count * 2);
        var row = RowOf(target);

        // Row for row from the nearest: its own, then those further in, which all share exactly so many bits with the target, then further out.
        Take(nodes, row);
        if (nodes.Count < count)
        {
            for (var i = row + 1; i < RowCount; i++) Take(nodes, i);
        }

        for (var i = row - 1; i >= 0 && nodes.Count < count; i--) Take(nodes, i);
        Span<ulong> distances = stackalloc ulong[Math.Min(nodes.Count, 512)];
        if (nodes.Count > distances.Length) nodes.Sort((a, b) => NodeId.CompareDistance(target, a.Id, b.Id));
        else
        {
            for (var i = 0; i < distances.Length; i++) distances[i] = NodeId.DistancePrefix(target, nodes[i].Id);
            distances.Sort(CollectionsMarshal.AsSpan(nodes));
        }

        if (nodes.Count > count) nodes.RemoveRange(count, nodes.Count - count);
        return nodes;
    }

    /// <summary>A known node, any.</summary>
    public KnownNode? Any(IRandom random) => _byId.Count == 0 ? null : _byContact.ElementAt(random.Next(_byId.Count));

    private static bool IsCrowded(List<KnownNode> row, UdpAddress address)
    {
        if (AddressScope.IsBogon(address)) return false;
        var (near, far) = (0, 0);
        foreach (var node in row)
        {
            if (node.Address.IPv4 >> 8 == address.IPv4 >> 8) near++;
            if (node.Address.IPv4 >> 16 == address.IPv4 >> 16) far++;
        }

        return near >= MaxPer24 || far >= MaxPer16;
    }

    private int RowOf(in Bytes32 id) => Math.Min(NodeId.SharedBits(OwnId, id), RowCount - 1);

    private void Take(List<KnownNode> nodes, int row)
    {
        if (_rows[row] is { } found) nodes.AddRange(CollectionsMarshal.AsSpan(found));
    }
}
