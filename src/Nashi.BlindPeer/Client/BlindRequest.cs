using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.BlindPeer;

/// <summary>A core or group that blind peers are asked to keep, on every connection anew, until it is disposed. They keep what they have then. Thread-safe.</summary>
public sealed class BlindRequest : IDisposable
{
    private readonly BlindPeering _peering;
    private readonly Core? _core;

    internal BlindRequest(BlindPeering peering, BlindGroup group, Core? core)
    {
        (_peering, Group, _core) = (peering, group, core);
    }

    /// <summary>What decides which blind peers keep it.</summary>
    public CoreKey Target => Group.Target;

    /// <summary>The blind peers it is kept by now: the chosen ones, and others that stand in for those that can not be reached.</summary>
    public IReadOnlyList<PublicKey> Peers => _peering.PeersOf(this);

    internal BlindGroup Group { get; }

    /// <summary>A core of its own that its user closed: nothing more is to be told.</summary>
    internal bool IsOver => _core is { IsClosed: true };

    /// <summary>Tells the blind peers of cores that came to the group. Call it when there are new ones; returns at once.</summary>
    public void Update() => _peering.Update(this);

    /// <summary>Stops asking; blind peers keep what they have. Idempotent.</summary>
    public void Dispose() => _peering.Remove(this);
}
