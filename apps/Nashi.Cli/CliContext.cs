using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Nashi.Cli.Chat;
using Nashi.Cli.Commands;
using Nashi.Cli.Health;
using Nashi.Cli.Output;
using Nashi.Datagrams;
using Nashi.Deploy;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Lan;
using Nashi.TcpRelay;

namespace Nashi.Cli;

/// <summary>What one run of one command works with.</summary>
internal sealed class CliContext(ParseResult parsed, IReporter reporter, ILoggerFactory logs)
{
    /// <summary>The public network's entrances.</summary>
    private static readonly string[] PublicBootstrap =
        ["88.99.3.86@node1.hyperdht.org:49737", "142.93.90.113@node2.hyperdht.org:49737", "138.68.147.8@node3.hyperdht.org:49737"];

    /// <summary>The command line.</summary>
    public ParseResult Parsed { get; } = parsed;

    /// <summary>Where the command reports.</summary>
    public IReporter Reporter { get; } = reporter;

    /// <summary>Where libraries log.</summary>
    public ILoggerFactory Logs { get; } = logs;

    /// <summary>Where cores and keys are kept.</summary>
    public string StorageDirectory =>
        Parsed.GetValue(CommonOptions.Storage)?.FullName
        ?? (Environment.GetEnvironmentVariable("NASHI_HOME") is { Length: > 0 } home ? Path.GetFullPath(home) : DefaultDirectory);

    /// <summary>Whether a person watches: standard error is a terminal and JSON was not asked for.</summary>
    public bool IsInteractive => ChatSession.Shared is null && !Reporter.IsJson && !Console.IsErrorRedirected && !Console.IsOutputRedirected;

    private static string DefaultDirectory =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "nashi");

    private IReadOnlyList<string> BootstrapNames =>
        (Parsed.GetValue(CommonOptions.Bootstrap) ?? Environment.GetEnvironmentVariable("NASHI_BOOTSTRAP")) is { Length: > 0 } given
            ? given.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            : PublicBootstrap;

    /// <summary>The DHT nodes to start from.</summary>
    public ValueTask<IReadOnlyList<UdpAddress>> BootstrapAsync(CancellationToken cancellationToken) =>
        BootstrapResolver.ResolveAsync(BootstrapNames, cancellationToken);

    /// <summary>Opens the store.</summary>
    public ValueTask<DeploySession> OpenAsync(CancellationToken cancellationToken) => DeploySession.OpenAsync(
        new DeploySessionOptions { Folder = StorageDirectory, Bootstrap = BootstrapAsync, Host = Host, Lan = Lan, TcpRelays = TcpRelays, NodeCache = NodeCache, Logs = Logs },
        cancellationToken);

    /// <summary>Starts a node of the network, with what it knew the last time.</summary>
    /// <param name="serves">Whether others may come to rely on it: it takes the well-known port, and keeps records once it has proved stable.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<DhtNode> StartNodeAsync(bool serves, CancellationToken cancellationToken)
    {
        var options = new DhtOptions
        {
            Bootstrap = await BootstrapAsync(cancellationToken).ConfigureAwait(false),
            Cache = NodeCache,
            Host = Host,
            Port = serves ? DhtOptions.DefaultPort : 0,
            Lan = Lan,
            TcpRelays = TcpRelays,
            Ephemeral = serves ? null : true,
            Logger = Logs.CreateLogger("Nashi.Dht"),
        };
        return await DhtNode.StartAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts a node, and waits until it has found others.</summary>
    /// <exception cref="CliException">Nobody answers.</exception>
    public async ValueTask<DhtNode> JoinAsync(CancellationToken cancellationToken)
    {
        var node = await StartNodeAsync(serves: false, cancellationToken).ConfigureAwait(false);
        try
        {
            await node.BootstrappedAsync(cancellationToken).ConfigureAwait(false);
            if (node.GetStats().Answered > 0) return node;
            throw new CliException("ERR_NETWORK_UNREACHABLE", "No node of the network answers. Check the connection and --bootstrap; where UDP is blocked, name a relay with --tcp-relay. nashi doctor tells more.");
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Where nodes and peers are remembered, so that a dead entrance of the network does not matter the next time.</summary>
    public INodeCache NodeCache => new FileNodeCache(Path.Combine(StorageDirectory, "network"));

    /// <summary>What went wrong in earlier runs, for <c>nashi doctor</c>.</summary>
    public FailureLog Failures => FailureLog.In(StorageDirectory);

    /// <summary>Where to bind: on this machine only, when all the nodes that were named are on this machine; everywhere otherwise.</summary>
    public IPAddress Host => BootstrapNames.All(IsLoopback) ? IPAddress.Loopback : IPAddress.Any;

    /// <summary>By which TCP relays to go round where UDP is blocked.</summary>
    public IReadOnlyList<TcpRelayLink> TcpRelays
    {
        get
        {
            var given = ListOption.Split(Parsed.GetValue(CommonOptions.TcpRelay));
            if (given.Length == 0 && Environment.GetEnvironmentVariable("NASHI_TCP_RELAY") is { } usual) given = ListOption.Split([usual]);
            return [.. given.Select(TcpRelayLink.Parse)];
        }
    }

    /// <summary>How to look for peers on the local network: not when told so, and not from a network that is on this machine only.</summary>
    public LanOptions? Lan => Parsed.GetValue(CommonOptions.NoLan) || IPAddress.IsLoopback(Host) ? null : LanOptions.Default;

    /// <summary>Notes a failure for <c>nashi doctor</c>, unless the command line was at fault.</summary>
    public void Note(string command, NashiException error)
    {
        if (error is CliException { IsUsage: true }) return;
        Failures.Add(new PastFailure(TimeProvider.System.GetUtcNow(), command, error.Code, error.Message));
    }

    /// <summary>A key given on the line, as z-base-32, hex or link.</summary>
    public static CoreKey ParseKey(string text)
    {
        if (text.StartsWith("pear://", StringComparison.OrdinalIgnoreCase)) return PearLink.Parse(text).Key;
        return Id32.TryParse<CoreKey>(text, out var key)
            ? key
            : throw CliException.Usage($"'{text}' is not a key: expected 52 characters of z-base-32, 64 of hex, or a pear:// link.");
    }

    private static bool IsLoopback(string node) =>
        node.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase)
        || (UdpAddress.TryParse(node, out var address) && IPAddress.IsLoopback(address.ToIPAddress()));
}
