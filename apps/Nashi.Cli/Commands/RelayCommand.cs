using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.TcpRelay;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi relay</c>.</summary>
internal static class RelayCommand
{
    private static readonly TimeSpan StatsEvery = TimeSpan.FromSeconds(10);

    public static Command Build(CommandHost host)
    {
        var allow = ListOption.Make("--allow", "Keys of the clients to serve (default: everybody)");
        var pairs = new Option<int>("--max-pairs") { Description = "Pairings to carry at once", HelpName = "n", DefaultValueFactory = _ => BlindRelayOptions.Default.MaxPairs };
        var rate = new Option<long>("--rate") { Description = "Bytes a second that all pairs may use together; 0 for no limit", HelpName = "n" };
        var seed = KeyFile.MakeOption();
        var tls = new RelayTls();
        var command = new Command("relay", "Carry packets of peers that cannot reach each other, unread, until Ctrl-C (a blind relay)") { allow, pairs, rate, seed };
        tls.AddTo(command);
        pairs.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--max-pairs is 1 or more.");
        });
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long>() < 0) result.AddError("--rate is 0 or more.");
        });
        host.Handle(command, (context, cancellation) =>
        {
            var options = new BlindRelayOptions
            {
                Firewall = Refuses(ConnectCommand.ParseKeys(context.Parsed.GetValue(allow))),
                MaxPairs = context.Parsed.GetValue(pairs),
                TotalRate = context.Parsed.GetValue(rate),
                Observer = happened => ReportEvent(context, happened),
            };
            return RunAsync(context, options, tls, context.Parsed.GetValue(seed), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, BlindRelayOptions options, RelayTls tls, FileInfo? seed, CancellationToken cancellation)
    {
        using var keyPair = KeyFile.Open(context, seed, "relay");
        await using var tcp = tls.Start(context, keyPair, options.TotalRate);
        await using var node = await context.StartNodeAsync(serves: true, cancellation).ConfigureAwait(false);
        await using var relay = await BlindRelayServer.StartAsync(node, keyPair, options, cancellation).ConfigureAwait(false);
        var facts = new JsonObject { ["publicKey"] = relay.PublicKey.ToString(), ["address"] = node.LocalAddress.ToString(), ["firewalled"] = node.IsFirewalled };
        context.Reporter.Report("listening", facts, $"Relaying as {relay.PublicKey} on {node.LocalAddress}. Ctrl-C stops.");
        context.Reporter.Hint($"Peers use it with: nashi connect <key> --relay {relay.PublicKey}");
        if (tcp is not null) tls.Report(context, tcp, node);
        await ShowAsync(context, relay, tcp, cancellation).ConfigureAwait(false);
        context.Reporter.Final(ToJson(relay.GetStats(), tcp?.GetStats()), "Stopped.");
    }

    private static Func<PublicKey, Nashi.Datagrams.UdpAddress, bool>? Refuses(PublicKey[] allowed)
    {
        if (allowed.Length == 0) return null;
        var keys = allowed.ToHashSet();
        return (client, _) => !keys.Contains(client);
    }

    private static async Task ShowAsync(CliContext context, BlindRelayServer relay, TcpRelayServer? tcp, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(StatsEvery, TimeProvider.System);
        (BlindRelayStats, TcpRelayServerStats?)? last = null;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                var stats = (relay.GetStats(), tcp?.GetStats());
                if (stats == last) continue;
                context.Reporter.Report("stats", ToJson(stats.Item1, stats.Item2), Describe(stats.Item1) + RelayTls.Describe(stats.Item2));
                last = stats;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how it is meant to end.
        }
    }

    private static void ReportEvent(CliContext context, BlindRelayEvent happened)
    {
        var data = new JsonObject { ["event"] = happened.Kind.ToString(), ["client"] = happened.Client.ToString(), ["bytes"] = happened.Bytes };
        context.Reporter.Report("event", data, $"{happened.Client}  {Describe(happened)}");
    }

    private static string Describe(BlindRelayEvent happened) => happened.Kind switch
    {
        BlindRelayEventKind.Opened => "has connected",
        BlindRelayEventKind.Closed => "has left",
        BlindRelayEventKind.Waiting => "waits for its counterpart",
        BlindRelayEventKind.Paired => "met its counterpart",
        BlindRelayEventKind.Unpaired => $"is done with its counterpart: {Sizes.Format(happened.Bytes)} carried",
        BlindRelayEventKind.Expired => "waited in vain",
        BlindRelayEventKind.Refused => "was refused a pairing: there are too many",
        _ => happened.Kind.ToString(),
    };

    private static string Describe(BlindRelayStats stats) =>
        $"{stats.Sessions} clients, {stats.Active} pairs, {stats.Waiting} waiting, {Sizes.Format(stats.Bytes)} carried, {stats.Dropped} packets over the rate";

    private static JsonObject ToJson(BlindRelayStats stats, TcpRelayServerStats? tcp) => new()
    {
        ["sessions"] = stats.Sessions,
        ["sessionsTotal"] = stats.SessionsTotal,
        ["waiting"] = stats.Waiting,
        ["active"] = stats.Active,
        ["requested"] = stats.Requested,
        ["matched"] = stats.Matched,
        ["cancelled"] = stats.Cancelled,
        ["expired"] = stats.Expired,
        ["refused"] = stats.Refused,
        ["bytes"] = stats.Bytes,
        ["packets"] = stats.Packets,
        ["dropped"] = stats.Dropped,
        ["malformed"] = stats.Malformed,
        ["tls"] = RelayTls.ToJson(tcp),
    };
}
