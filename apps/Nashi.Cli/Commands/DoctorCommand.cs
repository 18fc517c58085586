using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Nashi.Cli.Health;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.TcpRelay;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi doctor</c>.</summary>
internal static class DoctorCommand
{
    private const int Tries = 3;
    private const int WitnessesMax = 6;
    private const int FailuresShown = 5;

    private static readonly TimeSpan RelayPatience = TimeSpan.FromSeconds(15);

    public static Command Build(CommandHost host)
    {
        var relay = ListOption.Make("--relay", "Keys of blind relays to try");
        var command = new Command("doctor", "Find out in plain words how well this machine can reach others, and what to try") { relay };
        host.Handle(command, (context, cancellation) => RunAsync(context, ConnectCommand.ParseKeys(context.Parsed.GetValue(relay)), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, PublicKey[] relays, CancellationToken cancellation)
    {
        var (began, wall) = (Instant.Now(TimeProvider.System), TimeProvider.System.GetUtcNow());
        ReportInterfaces(context);
        var entrances = await context.BootstrapAsync(cancellation).ConfigureAwait(false);
        var cache = new WatchedNodeCache(context.NodeCache);
        await using var node = await StartAsync(context, entrances, cache, cancellation).ConfigureAwait(false);
        ReportMemory(context, cache.Loaded);
        await node.BootstrappedAsync(cancellation).ConfigureAwait(false);
        _ = await DoctorRelays.CheckAsync(context, cache.Loaded, cancellation).ConfigureAwait(false);
        if (node.TcpRelay is { } detour && node.GetStats().Answered > 0)
        {
            ReportFailures(context);
            _ = ReportClock(context, began, wall);
            ConcludeBlocked(context, detour);
            return;
        }

        // All from one socket, after its place is settled: the answers then tell what the translator in front of it does.
        var pings = new List<DhtPing>();
        var silent = 0;
        foreach (var entrance in entrances)
        {
            if (await AskAsync(context, node, entrance, isBootstrap: true, cancellation).ConfigureAwait(false) is { } ping) pings.Add(ping);
            else silent++;
        }

        foreach (var other in node.GetKnownNodes(WitnessesMax + entrances.Count).Except(entrances).Take(WitnessesMax))
        {
            if (await AskAsync(context, node, other, isBootstrap: false, cancellation).ConfigureAwait(false) is { } ping) pings.Add(ping);
        }

        await ReportRelayNodesAsync(context, node, cache.Loaded, cancellation).ConfigureAwait(false);
        foreach (var relay in relays) await TryRelayAsync(context, node, relay, cancellation).ConfigureAwait(false);
        ReportFailures(context);
        var clock = ReportClock(context, began, wall);
        Conclude(context, Judge(node.IsFirewalled, pings), pings, silent, clock);
    }

    private static async ValueTask<DhtNode> StartAsync(
        CliContext context, IReadOnlyList<UdpAddress> entrances, INodeCache cache, CancellationToken cancellation)
    {
        var options = new DhtOptions
        {
            Bootstrap = entrances,
            Cache = cache,
            Host = context.Host,
            Port = 0,
            TcpRelays = context.TcpRelays,
            // Who might serve later has itself tested for whether it can be reached, without others coming to know it, and to miss it, yet.
            Ephemeral = null,
            Logger = context.Logs.CreateLogger("Nashi.Dht"),
        };
        return await DhtNode.StartAsync(options, cancellation).ConfigureAwait(false);
    }

    private static void ReportInterfaces(CliContext context)
    {
        var all = SystemNetworkWatch.Instance.GetAddresses();
        string[] ipv4 = [.. all.Where(address => address.AddressFamily == AddressFamily.InterNetwork).Select(address => address.ToString())];
        string[] ipv6 = [.. all.Where(address => address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv6LinkLocal: false }).Select(address => address.ToString())];
        var facts = new JsonObject { ["ipv4"] = ToJson(ipv4), ["ipv6"] = ToJson(ipv6) };
        context.Reporter.Report("interfaces", facts, $"IPv4: {List(ipv4)}. IPv6: {List(ipv6)} (the DHT itself speaks IPv4 only).");
    }

    private static void ReportMemory(CliContext context, NodeMemory memory) => context.Reporter.Report(
        "cache",
        new JsonObject { ["nodes"] = memory.Nodes.Count, ["peers"] = memory.Peers.Count },
        memory.Nodes.Count == 0
            ? "Remembered from earlier runs: no nodes yet."
            : $"Remembered from earlier runs: {memory.Nodes.Count} nodes, so bootstrap nodes can be done without; {memory.Peers.Count} peers.");

    private static async Task<DhtPing?> AskAsync(CliContext context, DhtNode node, UdpAddress to, bool isBootstrap, CancellationToken cancellation)
    {
        DhtPing? ping = null;
        for (var i = 0; i < Tries && ping is null; i++) ping = await node.PingAsync(to, cancellation).ConfigureAwait(false);
        var name = isBootstrap ? "Bootstrap node" : "Node";
        var facts = new JsonObject { ["address"] = to.ToString(), ["bootstrap"] = isBootstrap, ["answered"] = ping is not null };
        if (ping is null)
        {
            context.Reporter.Report("node", facts, $"{name} {to}: no answer");
            return null;
        }

        facts["ms"] = Math.Round(ping.RoundTrip.TotalMilliseconds, 1);
        facts["seen"] = ping.Seen.ToString();
        context.Reporter.Report("node", facts, $"{name} {to}: answers in {facts["ms"]} ms; sees us at {ping.Seen}");
        return ping;
    }

    // Through them a peer that was connected before is found without a search.
    private static async Task ReportRelayNodesAsync(CliContext context, DhtNode node, NodeMemory memory, CancellationToken cancellation)
    {
        var known = memory.Peers.SelectMany(peer => peer.RelayAddresses).Distinct().ToArray();
        if (known.Length == 0)
        {
            context.Reporter.Report("relays", new JsonObject { ["known"] = 0, ["asked"] = 0, ["answered"] = 0 }, "Nodes that relay to peers of earlier runs: none known yet.");
            return;
        }

        // The latest are the likeliest to be there.
        var asked = known.TakeLast(WitnessesMax).ToArray();
        var pings = await Task.WhenAll(asked.Select(address => node.PingAsync(address, cancellation).AsTask())).ConfigureAwait(false);
        var answered = pings.Count(ping => ping is not null);
        context.Reporter.Report(
            "relays",
            new JsonObject { ["known"] = known.Length, ["asked"] = asked.Length, ["answered"] = answered },
            $"Nodes that relay to peers of earlier runs: {known.Length} known; of {asked.Length} asked, {answered} answer.");
    }

    private static async Task TryRelayAsync(CliContext context, DhtNode node, PublicKey relay, CancellationToken cancellation)
    {
        var began = Instant.Now(TimeProvider.System);
        var facts = new JsonObject { ["publicKey"] = relay.ToString(), ["reachable"] = true };
        try
        {
            await using var connection = await node.ConnectAsync(relay, new DhtConnectOptions { Timeout = RelayPatience }, cancellation).ConfigureAwait(false);
            facts["ms"] = Math.Round((Instant.Now(TimeProvider.System) - began).TotalMilliseconds, 1);
            context.Reporter.Report("relay", facts, $"Blind relay {relay}: connected in {facts["ms"]} ms, at {connection.RemoteAddress}");
        }
        catch (NashiException error)
        {
            (facts["reachable"], facts["code"]) = (false, error.Code);
            context.Reporter.Report("relay", facts, $"Blind relay {relay}: not reached. {error.Message}");
        }
    }

    private static void ReportFailures(CliContext context)
    {
        foreach (var failure in context.Failures.Read().TakeLast(FailuresShown))
        {
            context.Reporter.Report(
                "failure",
                new JsonObject { ["at"] = failure.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), ["command"] = failure.Command, ["code"] = failure.Code, ["message"] = failure.Message },
                string.Create(CultureInfo.InvariantCulture, $"Failed at {failure.At.UtcDateTime:yyyy-MM-dd HH:mm} UTC: nashi {failure.Command}: {failure.Message} [{failure.Code}]"));
        }
    }

    private static ClockState ReportClock(CliContext context, Instant began, DateTimeOffset wall)
    {
        var (now, ran) = (TimeProvider.System.GetUtcNow(), Instant.Now(TimeProvider.System) - began);
        var newest = SystemClock.FindNewest(context.StorageDirectory);
        var facts = new ClockFacts
        {
            Now = now,
            Jumped = now - wall - ran,
            Newest = newest?.Time,
            NewestName = newest?.Name ?? "",
            MaxError = SystemClock.ReadMaxError(),
        };
        var verdict = ClockJudge.Judge(facts);
        var said = new JsonObject
        {
            ["state"] = verdict.State.ToString(),
            ["now"] = now.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["maxErrorMs"] = facts.MaxError?.TotalMilliseconds,
        };
        context.Reporter.Report("clock", said, verdict.Text);
        return verdict.State;
    }

    private static Reachability Judge(bool isFirewalled, List<DhtPing> pings)
    {
        if (pings.Count == 0) return Reachability.Blocked;
        if (!isFirewalled) return Reachability.Open;
        if (pings.Count == 1) return Reachability.Unknown;
        // One node that lies, or is on another way to us, does not make a random translator.
        var most = pings.CountBy(ping => ping.Seen).Max(seen => seen.Value);
        return most * 2 > pings.Count ? Reachability.Consistent : Reachability.Random;
    }

    private static void Conclude(CliContext context, Reachability reachability, List<DhtPing> pings, int silent, ClockState clock)
    {
        var (verdict, advice) = Explain(reachability, IPAddress.IsLoopback(context.Host));
        if (silent > 0 && pings.Count > 0) advice = $"{silent} bootstrap nodes do not answer: others do, so that is harmless. {advice}".TrimEnd();
        var facts = new JsonObject
        {
            ["reachability"] = reachability.ToString(),
            ["udpBlocked"] = reachability == Reachability.Blocked,
            ["address"] = pings.Count == 0 ? null : pings.CountBy(ping => ping.Seen).MaxBy(seen => seen.Value).Key.ToString(),
            ["answered"] = pings.Count,
            ["clock"] = clock.ToString(),
            ["verdict"] = verdict,
            ["advice"] = advice,
        };
        if (reachability == Reachability.Blocked)
        {
            context.Reporter.Report("verdict", facts, verdict);
            throw new CliException("ERR_NETWORK_UNREACHABLE", advice);
        }

        context.Reporter.Final(facts, verdict);
        if (advice.Length > 0) context.Reporter.Hint(advice);
    }

    private static void ConcludeBlocked(CliContext context, TcpRelayLink relay)
    {
        var (verdict, advice) = DoctorRelays.Explain(relay);
        var facts = new JsonObject
        {
            ["reachability"] = nameof(Reachability.ByTcpRelay),
            ["udpBlocked"] = true,
            ["tcpRelay"] = relay.ToString(),
            ["verdict"] = verdict,
            ["advice"] = advice,
        };
        context.Reporter.Final(facts, verdict);
        context.Reporter.Hint(advice);
    }

    private static (string Verdict, string Advice) Explain(Reachability reachability, bool isLocal) => reachability switch
    {
        Reachability.Blocked when isLocal => ("No node answers.", "Only nodes on this machine were asked, and none runs there. Start one with: nashi dht node --isolated"),
        Reachability.Blocked => (
            "No node answers: there is no connection, or something drops UDP.",
            "Check that the machine is online; allow UDP out in its firewall and the router's; try another network, such as a phone's; or go round by a TCP relay: nashi relay --tls on a reachable machine, then --tcp-relay <link>. On the local network, peers are still found."),
        Reachability.Open => ("Good: anybody can reach this machine directly.", ""),
        Reachability.Consistent => (
            "Good: this machine is behind a firewall or router, but holes can be punched: it reaches nearly everybody directly.", ""),
        Reachability.Random => (
            "Difficult: the router gives each destination another port. Peers behind such routers too cannot be reached directly.",
            "Forward a UDP port on the router, turn on its UPnP or 'full cone' mode, or go through a blind relay: nashi relay on a reachable machine, then --relay <key>."),
        _ => ("The network works, but too few nodes answered to tell what kind of router is in between.", "Run it again in a minute, or name more nodes with --bootstrap."),
    };

    private static JsonArray ToJson(string[] values) => new([.. values.Select(value => (JsonNode)value)]);

    private static string List(string[] values) => values.Length == 0 ? "none" : string.Join(", ", values);
}
