using Nashi.Datagrams;

namespace Nashi.Simulation.Engine;

/// <summary>A machine with one public address.</summary>
internal abstract class Host(uint ip)
{
    public uint Ip { get; } = ip;

    /// <summary>Where it is in the net's list; what a wake-up names.</summary>
    public int Index { get; set; }

    /// <summary>Where it lives on the map.</summary>
    public Place Place { get; set; }

    /// <summary>When it is to be woken; an earlier or later wake-up that was asked for is void.</summary>
    public long WakesAt { get; set; } = long.MaxValue;

    public abstract void Receive(int port, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now);

    public abstract void Wake(Instant now);
}
