using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Lan;
using Nashi.TcpRelay;

namespace Nashi.Deploy;

/// <summary>How a <see cref="DeploySession"/> stores and connects.</summary>
public sealed record DeploySessionOptions
{
    /// <summary>The store's folder; null keeps everything in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>Finds the DHT nodes to start from. Called once, when the network is first needed.</summary>
    public Func<CancellationToken, ValueTask<IReadOnlyList<UdpAddress>>> Bootstrap { get; init; } = static _ => new(Array.Empty<UdpAddress>());

    /// <summary>The address to bind to. Default: all.</summary>
    public IPAddress Host { get; init; } = IPAddress.Any;

    /// <summary>How peers on the local network are looked for; null not to (default).</summary>
    public LanOptions? Lan { get; init; }

    /// <summary>TCP relays to go round by where UDP is blocked. Default: none.</summary>
    public IReadOnlyList<TcpRelayLink> TcpRelays { get; init; } = [];

    /// <summary>Where nodes and peers are remembered from one time to the next; null not to (default).</summary>
    public INodeCache? NodeCache { get; init; }

    /// <summary>Where to log. Default: nowhere.</summary>
    public ILoggerFactory Logs { get; init; } = NullLoggerFactory.Instance;
}
