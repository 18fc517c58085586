using Nashi.Datagrams;

namespace Nashi.Testing;

/// <summary>A router with an address translator, or only a firewall, between some hosts and a <see cref="VirtualNetwork"/>, or a second one behind a carrier's.</summary>
/// <remarks>
/// Hosts send through it and receive at their inside addresses. Which ports it hands out and whom it lets in is set once, in the words of RFC 4787; all
/// off is a public host without a firewall. It takes one hop; the public network drops what has less than <see cref="NetworkHops"/> left, as the
/// short-lived datagrams of hole punching do. Inside a router nothing gets lost. Not thread-safe.
/// </remarks>
/// <param name="network">The public network.</param>
/// <param name="address">The router's outside address; the port does not matter. Without translation, the host's own.</param>
/// <param name="random">Decides ports.</param>
/// <param name="carrier">The translator that this one is behind; null for none.</param>
public sealed class VirtualNat(VirtualNetwork network, UdpAddress address, IRandom random, VirtualNat? carrier = null)
{
    private const int FirstPort = 1024;
    private static readonly TimeSpan InsideDelay = TimeSpan.FromMilliseconds(0.2);

    private readonly Dictionary<UdpAddress, VirtualReceiver> _hosts = [];
    private readonly Dictionary<(UdpAddress Inside, UdpAddress To), UdpAddress> _outside = [];
    private readonly Dictionary<UdpAddress, UdpAddress> _inside = [];
    private readonly Dictionary<(UdpAddress Outside, UdpAddress Remote), Instant> _admitted = [];

    /// <summary>Whether addresses are translated; false for a firewall before public hosts.</summary>
    public bool Translates { get; init; } = true;

    /// <summary>Whether each destination sees another port: a "symmetric" or random translator.</summary>
    public bool MapsPerDestination { get; init; }

    /// <summary>Whether the outside port equals the inside one where it is free.</summary>
    public bool PreservesPorts { get; init; }

    /// <summary>Whether only hosts are let in that something was sent to.</summary>
    public bool FiltersHosts { get; init; }

    /// <summary>Whether only addresses with port are let in that something was sent to.</summary>
    public bool FiltersPorts { get; init; }

    /// <summary>Whether its hosts reach each other at their outside addresses.</summary>
    public bool Hairpins { get; init; }

    /// <summary>How long a remote stays admitted after something was sent to it.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many hops the public network takes.</summary>
    public int NetworkHops { get; init; } = 8;

    /// <summary>The router's outside address.</summary>
    public UdpAddress Address => address.WithPort(0);

    /// <summary>Datagrams from outside that were not let in.</summary>
    public long Refused { get; private set; }

    /// <summary>Ports handed out so far.</summary>
    public int Mappings => _inside.Count;

    /// <summary>Called with each datagram that leaves for the outside, also those that die on the way; may be null.</summary>
    public Action<UdpAddress, UdpAddress>? Left { get; set; }

    /// <summary>Sets who receives at an inside address; null for nobody.</summary>
    public void SetReceiver(UdpAddress inside, VirtualReceiver? receiver)
    {
        if (receiver is null) _hosts.Remove(inside);
        else _hosts[inside] = receiver;
    }

    /// <summary>Sends a datagram from a host inside.</summary>
    public void Send(UdpAddress from, ReadOnlySpan<byte> datagram, UdpAddress to, int timeToLive = 64)
    {
        if (_hosts.ContainsKey(to) && Translates)
        {
            Deliver(from, datagram.ToArray(), to);
            return;
        }

        if (--timeToLive <= 0) return;
        var outside = Map(from, to);
        _admitted[(outside, to)] = _admitted[(outside, to.WithPort(0))] = network.Now;
        if (to.WithPort(0) == Address && Translates)
        {
            if (Hairpins) HandleDatagram(datagram.ToArray(), outside, to);
            else Refused++;
            return;
        }

        Left?.Invoke(outside, to);
        if (carrier is not null) carrier.Send(outside, datagram, to, timeToLive);
        else if (timeToLive >= NetworkHops) network.Send(outside, datagram, to);
    }

    /// <summary>Forgets every port, as a restart does.</summary>
    public void Reset()
    {
        foreach (var outside in _inside.Keys) Listen(outside, null);
        _outside.Clear();
        _inside.Clear();
        _admitted.Clear();
    }

    private UdpAddress Map(UdpAddress from, UdpAddress to)
    {
        var key = (from, MapsPerDestination ? to : default);
        if (_outside.TryGetValue(key, out var known)) return known;
        var outside = Translates ? FreePort(from) : from;
        _outside[key] = outside;
        _inside[outside] = from;
        Listen(outside, (bytes, remote, _) => HandleDatagram(bytes, remote, outside));
        return outside;
    }

    private UdpAddress FreePort(UdpAddress from)
    {
        var port = PreservesPorts ? from.Port : 0;
        while (port == 0 || _inside.ContainsKey(address.WithPort(port))) port = FirstPort + random.Next(65_536 - FirstPort);
        return address.WithPort(port);
    }

    private void Listen(UdpAddress outside, VirtualReceiver? receiver)
    {
        if (carrier is null) network.SetReceiver(outside, receiver);
        else carrier.SetReceiver(outside, receiver);
    }

    private void HandleDatagram(ReadOnlyMemory<byte> bytes, UdpAddress remote, UdpAddress outside)
    {
        if (_inside.TryGetValue(outside, out var inside) && Admits(outside, remote)) Deliver(remote, bytes, inside);
        else Refused++;
    }

    private bool Admits(UdpAddress outside, UdpAddress remote)
    {
        if (!FiltersHosts && !FiltersPorts) return true;
        var key = (outside, FiltersPorts ? remote : remote.WithPort(0));
        return _admitted.TryGetValue(key, out var last) && network.Now - last < Lifetime;
    }

    private void Deliver(UdpAddress from, ReadOnlyMemory<byte> bytes, UdpAddress to) => network.Schedule(network.Now + InsideDelay, now =>
    {
        if (_hosts.TryGetValue(to, out var receiver)) receiver(bytes, from, now);
    });
}
