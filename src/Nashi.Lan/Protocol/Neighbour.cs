using Nashi.Datagrams;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Protocol;

/// <summary>One instance as one address tells of it.</summary>
/// <remarks>Known by name and address together: nobody can overwrite what another address said.</remarks>
internal sealed class Neighbour(DnsName instance, UdpAddress source)
{
    /// <summary>Its name.</summary>
    public DnsName Instance => instance;

    /// <summary>Who told us, port 0.</summary>
    public UdpAddress Source => source;

    /// <summary>The port of its DHT node; 0 while unknown.</summary>
    public int Port { get; set; }

    /// <summary>What it says of itself; null while unknown.</summary>
    public LanProfile? Profile { get; set; }

    /// <summary>Whether port and profile are known.</summary>
    public bool IsComplete => Port != 0 && Profile is not null;

    /// <summary>Where its DHT node is.</summary>
    public UdpAddress Address => source.WithPort(Port);

    /// <summary>When it was last heard.</summary>
    public Instant HeardAt { get; set; }

    /// <summary>When it is forgotten unless heard again.</summary>
    public Instant ExpiresAt { get; set; }

    /// <summary>When to ask it again, lest it is forgotten.</summary>
    public Instant RefreshAt { get; set; } = Instant.Never;

    /// <summary>How often it was asked since it was heard.</summary>
    public int Refreshes { get; set; }

    /// <summary>Whether it has what we look for: such are not pushed out by others.</summary>
    public bool IsMatched { get; set; }

    /// <summary>Tags it was asked about.</summary>
    public Dictionary<LanTag, AskedTag> Asked { get; } = [];
}
