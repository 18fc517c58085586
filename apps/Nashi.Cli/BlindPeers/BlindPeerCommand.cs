using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Nashi.BlindPeer;
using Nashi.Cli.Commands;
using Nashi.Cli.Output;

namespace Nashi.Cli.BlindPeers;

/// <summary><c>nashi blind-peer</c>.</summary>
internal static class BlindPeerCommand
{
    private static readonly TimeSpan StatsEvery = TimeSpan.FromSeconds(10);

    public static Command Build(CommandHost host)
    {
        var quota = new Option<string>("--quota") { Description = "The most to store, such as 10GB or 500MiB", HelpName = "size", DefaultValueFactory = _ => "100GB" };
        var cores = new Option<int>("--max-cores") { Description = "The most cores to keep", HelpName = "n", DefaultValueFactory = _ => BlindPeerLimits.Default.MaxCores };
        var allow = ListOption.Make("--allow", "Keys of the clients to keep cores for (default: everybody, within a stranger's limits)");
        var trusted = ListOption.Make("--trusted", "Keys of the clients that may also have cores announced, set the highest priority and delete any core");
        var ban = ListOption.Make("--ban", "Keys and IP addresses that are not answered");
        var metrics = new Option<int?>("--metrics") { Description = "Port for /metrics (Prometheus) and /health; 0 takes a free one (default: none)", HelpName = "port" };
        var metricsHost = new Option<string>("--metrics-host") { Description = "Where that port listens", HelpName = "ip", DefaultValueFactory = _ => "127.0.0.1" };
        var command = new Command("blind-peer", "Keep others' cores available without being able to read them, until Ctrl-C (a blind peer)") { quota, cores, allow, trusted, ban, metrics, metricsHost };
        quota.Validators.Add(result =>
        {
            if (!ByteCount.TryParse(result.GetValueOrDefault<string>() ?? "", out _)) result.AddError("--quota is a size such as 10GB or 500MiB.");
        });
        cores.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--max-cores is 1 or more.");
        });
        metrics.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > ushort.MaxValue) result.AddError("--metrics is a port.");
        });
        metricsHost.Validators.Add(result =>
        {
            if (!IPAddress.TryParse(result.GetValueOrDefault<string>(), out _)) result.AddError("--metrics-host is an IP address.");
        });
        host.Handle(command, (context, cancellation) =>
        {
            var parsed = context.Parsed;
            _ = ByteCount.TryParse(parsed.GetRequiredValue(quota), out var bytes);
            var banned = ListOption.Split(parsed.GetValue(ban)).ToLookup(static text => IPAddress.TryParse(text, out _));
            var options = new BlindPeerServerOptions
            {
                Folder = Path.Combine(context.StorageDirectory, "blind-peer"),
                Limits = new BlindPeerLimits { Quota = bytes, MaxCores = parsed.GetValue(cores) },
                Allowed = ConnectCommand.ParseKeys(parsed.GetValue(allow)).ToHashSet(),
                Trusted = ConnectCommand.ParseKeys(parsed.GetValue(trusted)).ToHashSet(),
                Banned = ConnectCommand.ParseKeys([.. banned[false]]).ToHashSet(),
                BannedAddresses = banned[true].Select(IPAddress.Parse).ToHashSet(),
                Logger = context.Logs.CreateLogger("Nashi.BlindPeer"),
            };
            return RunAsync(context, options, parsed.GetValue(metrics), IPAddress.Parse(parsed.GetRequiredValue(metricsHost)), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, BlindPeerServerOptions options, int? port, IPAddress host, CancellationToken cancellation)
    {
        await using var node = await context.StartNodeAsync(serves: true, cancellation).ConfigureAwait(false);
        await using var server = await BlindPeerServer.StartAsync(node, options, cancellation).ConfigureAwait(false);
        await using var monitor = port is { } at ? await BlindPeerMonitor.StartAsync(host, at, server, node, cancellation).ConfigureAwait(false) : null;
        var facts = ToJson(server.GetStats());
        facts["publicKey"] = server.PublicKey.ToString();
        facts["address"] = node.LocalAddress.ToString();
        facts["folder"] = options.Folder;
        facts["monitor"] = monitor?.Address.AbsoluteUri;
        context.Reporter.Report("opened", facts, $"Keeping cores as {server.PublicKey}: {Describe(server.GetStats())}.{(monitor is null ? "" : $" Metrics at {monitor.Address}metrics.")}");
        if (await IsListeningAsync(server, cancellation).ConfigureAwait(false))
        {
            context.Reporter.Report("listening", new JsonObject { ["publicKey"] = server.PublicKey.ToString() }, "Clients can find it. Ctrl-C stops.");
            await ShowAsync(context, server, cancellation).ConfigureAwait(false);
        }

        var last = server.GetStats();
        await server.DisposeAsync().ConfigureAwait(false);
        context.Reporter.Final(ToJson(last), "Stopped.");
    }

    // Where there is no network yet, Ctrl-C is no failure either.
    private static async Task<bool> IsListeningAsync(BlindPeerServer server, CancellationToken cancellation)
    {
        var stopped = Until.CancelledAsync(cancellation);
        return await Task.WhenAny(server.ListeningAsync(CancellationToken.None), stopped).ConfigureAwait(false) != stopped;
    }

    private static async Task ShowAsync(CliContext context, BlindPeerServer server, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(StatsEvery, TimeProvider.System);
        var last = server.GetStats();
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                var stats = server.GetStats();
                if (stats == last) continue;
                context.Reporter.Report("stats", ToJson(stats), Describe(stats));
                last = stats;
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C and the end of the service are how it is meant to end.
        }
    }

    private static string Describe(BlindPeerStats stats) =>
        $"{stats.Cores} cores, {Sizes.Format(stats.BytesUsed)} of {Sizes.Format(stats.Quota)}, {stats.Connections} clients"
        + (stats.CoresCollected > 0 ? $", {Sizes.Format(stats.BytesCollected)} given up for room" : "")
        + (stats.WaitingCores > 0 ? $", {stats.WaitingCores} cores wait for room" : "");

    private static JsonObject ToJson(BlindPeerStats stats) => new()
    {
        ["cores"] = stats.Cores,
        ["openCores"] = stats.OpenCores,
        ["announcedCores"] = stats.AnnouncedCores,
        ["waitingCores"] = stats.WaitingCores,
        ["bytesUsed"] = stats.BytesUsed,
        ["quota"] = stats.Quota,
        ["connections"] = stats.Connections,
        ["requested"] = stats.Requested,
        ["refused"] = stats.Refused,
        ["deleted"] = stats.Deleted,
        ["coresCollected"] = stats.CoresCollected,
        ["bytesCollected"] = stats.BytesCollected,
        ["wakeups"] = stats.WakeupsSent,
        ["storageFailures"] = stats.StorageFailures,
    };
}
