using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Routing;

/// <summary>A persistent node in the routing table. Times are counted in ticks of five seconds.</summary>
internal sealed class KnownNode(Bytes32 id, UdpAddress address, long tick)
{
    /// <summary>Its place in the key space.</summary>
    public Bytes32 Id { get; } = id;

    /// <summary>Where it lives.</summary>
    public UdpAddress Address { get; } = address;

    /// <summary>When it was first heard of.</summary>
    public long AddedTick { get; } = tick;

    /// <summary>When it was last heard of.</summary>
    public long SeenTick { get; set; } = tick;

    /// <summary>When it was last pinged; never is long ago.</summary>
    public long PingedTick { get; set; } = long.MinValue / 2;

    /// <summary>When it last told us where it sees us.</summary>
    public long SampledTick { get; set; } = long.MinValue / 2;

    /// <summary>Its entry in the order of last contact.</summary>
    public LinkedListNode<KnownNode>? Order { get; set; }
}
