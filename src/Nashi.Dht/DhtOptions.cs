using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Records;
using Nashi.Lan;
using Nashi.TcpRelay;

namespace Nashi.Dht;

/// <summary>How a DHT node works.</summary>
public sealed record DhtOptions
{
    /// <summary>The port nodes of the public network prefer.</summary>
    public const int DefaultPort = 49737;

    /// <summary>The public network's first addresses (network.md §3.1).</summary>
    public static IReadOnlyList<UdpAddress> PublicBootstrap { get; } =
    [
        UdpAddress.FromIPv4(0x58630356, DefaultPort), UdpAddress.FromIPv4(0x8e5d5a71, DefaultPort), UdpAddress.FromIPv4(0x8a449408, DefaultPort),
    ];

    /// <summary>The public network's first nodes by name, for when their addresses have changed.</summary>
    public static IReadOnlyList<string> PublicBootstrapNames { get; } =
        [$"node1.hyperdht.org:{DefaultPort}", $"node2.hyperdht.org:{DefaultPort}", $"node3.hyperdht.org:{DefaultPort}"];

    /// <summary>Nodes to start from; empty for the first node of an isolated network. Default: the public network.</summary>
    public IReadOnlyList<UdpAddress> Bootstrap { get; init; } = PublicBootstrap;

    /// <summary>
    /// Nodes to start from by name, such as <c>node.example.org:49737</c>: resolved in the background, again and again while that does not work. Default: none;
    /// the public network's are used by themselves when its addresses do not answer.
    /// </summary>
    public IReadOnlyList<string> BootstrapNames { get; init; } = [];

    /// <summary>Remembers whom the node knew, so that a restart needs no bootstrap node. Default: nothing is remembered.</summary>
    public INodeCache? Cache { get; init; }

    /// <summary>Tells when the machine's addresses change. Default: the operating system.</summary>
    public INetworkWatch Network { get; init; } = SystemNetworkWatch.Instance;

    /// <summary>The interface to bind to. Default: all (IPv4).</summary>
    public IPAddress Host { get; init; } = IPAddress.Any;

    /// <summary>The port of the server socket; when it and the next four are taken, any. 0 for any. Default 49737.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>True never to serve others, false to serve at once, null to serve once stable and reachable (default).</summary>
    public bool? Ephemeral { get; init; }

    /// <summary>Whether to assume that not everybody can reach us until a test says otherwise. Default true.</summary>
    public bool IsFirewalled { get; init; } = true;

    /// <summary>Who this node is when it connects; borrowed. Default: a new random pair.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Requests that may be sent within 750 ms. Default 80.</summary>
    public int MaxWindow { get; init; } = 80;

    /// <summary>How much is stored for others.</summary>
    public RecordLimits Records { get; init; } = RecordLimits.Default;

    /// <summary>How peers and nodes on the local network are looked for, without any server; null not to (default).</summary>
    public LanOptions? Lan { get; init; }

    /// <summary>TCP relays to go round by where UDP is blocked; all are tried at once. Default: none; those that worked before are remembered by <see cref="Cache"/>.</summary>
    public IReadOnlyList<TcpRelayLink> TcpRelays { get; init; } = [];

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Opens UDP sockets, to simulate networks that block them. Default: the operating system's.</summary>
    internal Func<UdpAddress, DatagramOptions, IDatagramSocket>? OpenSocket { get; init; }

    /// <summary>The source of randomness. Default: the system's.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it logs. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
