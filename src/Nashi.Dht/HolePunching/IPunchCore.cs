using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>One side's decisions in a hole punch, as what carries them out sees them. Pure.</summary>
internal interface IPunchCore
{
    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    Instant NextTimeout { get; }

    /// <summary>Takes the next thing to do.</summary>
    bool TryTake(out PunchAction action);

    /// <summary>A node told where it sees the punch socket.</summary>
    void HandleSample(UdpAddress seen, UdpAddress node, Instant now);

    /// <summary>No other node will tell.</summary>
    void HandleSamplingEnd(Instant now);

    /// <summary>Time has passed.</summary>
    void HandleTimeout(Instant now);

    /// <summary>It is over.</summary>
    void Close(Instant now);
}
