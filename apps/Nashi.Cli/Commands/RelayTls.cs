using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Nashi.Cli.Output;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.TcpRelay;

namespace Nashi.Cli.Commands;

/// <summary>The part of <c>nashi relay</c> that serves networks which block UDP: <c>--tls</c>.</summary>
internal sealed class RelayTls
{
    private readonly Option<bool> _tls = new("--tls") { Description = "Also carry UDP by TLS, for networks that block UDP" };

    private readonly Option<int> _port = new("--tls-port")
    {
        Description = "TCP port for that; 443 passes nearly everywhere, but needs a privilege", HelpName = "n", DefaultValueFactory = _ => TcpRelayServerOptions.DefaultPort,
    };

    private readonly Option<string?> _name = new("--tls-name") { Description = "Name or address of this machine for the link (default: where others see it)", HelpName = "host" };

    private readonly Option<bool> _private = new("--tls-private") { Description = "Serve only whom the link was given to: it then holds a secret" };

    private readonly Option<bool> _lan = new("--tls-allow-lan") { Description = "Carry datagrams to private addresses too; only for networks of your own" };

    /// <summary>Adds the options.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _tls, _port, _name, _private, _lan }) command.Options.Add(option);
        _port.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > ushort.MaxValue) result.AddError("--tls-port is 0 to 65535.");
        });
    }

    /// <summary>Starts it, if it is wanted.</summary>
    public TcpRelayServer? Start(CliContext context, KeyPair keyPair, long totalRate)
    {
        if (!context.Parsed.GetValue(_tls)) return null;
        var isLocal = IPAddress.IsLoopback(context.Host);
        return TcpRelayServer.Start(keyPair, new TcpRelayServerOptions
        {
            Listen = new IPEndPoint(isLocal ? IPAddress.Loopback : IPAddress.IPv6Any, context.Parsed.GetValue(_port)),
            UdpHost = context.Host,
            Secret = context.Parsed.GetValue(_private) ? MakeSecret(context) : null,
            TotalRate = totalRate,
            AllowPrivate = isLocal || context.Parsed.GetValue(_lan),
            Logger = context.Logs.CreateLogger("Nashi.TcpRelay"),
        });
    }

    /// <summary>Shows the link.</summary>
    public void Report(CliContext context, TcpRelayServer relay, DhtNode node)
    {
        var name = context.Parsed.GetValue(_name) ?? NameOf(node);
        var link = relay.LinkFor(name).ToLink();
        context.Reporter.Report("tls", new JsonObject { ["link"] = link, ["port"] = relay.LocalEndPoint.Port }, $"Where UDP is blocked, peers reach it by TLS: {link}");
        context.Reporter.Hint($"They use it with: --tcp-relay '{link}'");
    }

    /// <summary>What it did, to be put behind what the blind relay did.</summary>
    public static string Describe(TcpRelayServerStats? stats) =>
        stats is null ? "" : $"; by TLS {stats.Sessions} clients, {Sizes.Format(stats.BytesOut)} out, {Sizes.Format(stats.BytesIn)} in";

    /// <summary>What it did.</summary>
    public static JsonObject? ToJson(TcpRelayServerStats? stats) => stats is null ? null : new JsonObject
    {
        ["sessions"] = stats.Sessions,
        ["sessionsTotal"] = stats.SessionsTotal,
        ["channels"] = stats.Channels,
        ["refused"] = stats.Refused,
        ["failed"] = stats.Failed,
        ["bytesOut"] = stats.BytesOut,
        ["bytesIn"] = stats.BytesIn,
        ["forbidden"] = stats.Forbidden,
        ["foreign"] = stats.Foreign,
        ["unanswered"] = stats.Unanswered,
        ["overRate"] = stats.OverRate,
        ["malformed"] = stats.Malformed,
    };

    // The secret is kept as the seeds are, in a file that only the owner reads: derived, so that no key pair's seed is given away.
    private static Bytes32 MakeSecret(CliContext context)
    {
        using var kept = KeyFile.Open(context, null, "relay-access");
        return Blake2b.HashKeyed(kept.Seed, "nashi tcp relay secret"u8);
    }

    private static string NameOf(DhtNode node)
    {
        if (!IPAddress.Any.Equals(node.LocalAddress.ToIPAddress())) return node.LocalAddress.ToIPAddress().ToString();
        if (node.RemoteAddress is { } seen) return seen.ToIPAddress().ToString();
        return SystemNetworkWatch.Instance.GetAddresses().FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork)?.ToString() ?? Dns.GetHostName();
    }
}
