using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <summary>Lets nodes near a target pass, but never many more than chance would have so near: the rest of a crowd is passed over. Pure.</summary>
/// <remarks>Shared by the scouts of one query, who would otherwise be led into the crowd, hear of nobody else, and stop there. Source: threats.md §3 row 8.</remarks>
internal sealed class CrowdLimit(Bytes32 target, double nodes)
{
    private const int AtLeast = 3;
    private const double Factor = 4;

    private readonly HashSet<Bytes32> _passed = [];
    private readonly List<double> _distances = [];

    /// <summary>Whether a node may be asked.</summary>
    public bool MayPass(Bytes32 id)
    {
        if (_passed.Contains(id)) return true;
        var distance = NodeId.Distance(target, id);
        var found = _distances.BinarySearch(distance);
        var nearer = found < 0 ? ~found : found;
        if (nearer >= AtLeast + (Factor * nodes * distance)) return false;
        _distances.Insert(nearer, distance);
        return _passed.Add(id);
    }
}
