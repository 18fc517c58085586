using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Nashi.Datagrams;
using Nashi.Dht;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dht</c>: the network itself.</summary>
internal static class DhtCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("dht", "The distributed hash table that peers find each other by");
        command.Subcommands.Add(BuildNode(host));
        return command;
    }

    private static Command BuildNode(CommandHost host)
    {
        var bind = new Option<string>("--host") { Description = "Address to bind to", HelpName = "address", DefaultValueFactory = _ => "0.0.0.0" };
        var port = new Option<int>("--port") { Description = "UDP port; 0 takes a free one", HelpName = "n", DefaultValueFactory = _ => 49737 };
        var isolated = new Option<bool>("--isolated") { Description = "Need no other node; others can start from this one" };
        var command = new Command("node", "Run a node until Ctrl-C") { bind, port, isolated };
        command.Validators.Add(result =>
        {
            if (result.GetValue(port) is < 0 or > ushort.MaxValue) result.AddError("--port is 0 to 65535.");
            if (!IPAddress.TryParse(result.GetValue(bind), out _)) result.AddError("--host is an IP address, such as 0.0.0.0.");
        });
        host.Handle(command, (context, cancellation) => RunNodeAsync(
            context, IPAddress.Parse(context.Parsed.GetRequiredValue(bind)), context.Parsed.GetValue(port), context.Parsed.GetValue(isolated), cancellation));
        return command;
    }

    private static async Task RunNodeAsync(CliContext context, IPAddress host, int port, bool isolated, CancellationToken cancellation)
    {
        var options = new DhtOptions
        {
            Bootstrap = isolated ? [] : await context.BootstrapAsync(cancellation).ConfigureAwait(false),
            Host = host,
            Lan = IPAddress.IsLoopback(host) ? null : context.Lan,
            Port = port,
            Cache = context.NodeCache,
            // Who runs a node wants it to serve: it does not wait to see whether it is stable. An isolated one is reachable by definition.
            Ephemeral = false,
            IsFirewalled = !isolated && !IPAddress.IsLoopback(host),
            Logger = context.Logs.CreateLogger("Nashi.Dht"),
        };
        await using var node = await DhtNode.StartAsync(options, cancellation).ConfigureAwait(false);
        var address = node.LocalAddress;
        context.Reporter.Report(
            "listening",
            new JsonObject { ["host"] = address.ToIPAddress().ToString(), ["port"] = address.Port },
            $"Listening on {address}");
        if (!isolated) await ReportBootstrapAsync(context, node, cancellation).ConfigureAwait(false);
        context.Reporter.Hint($"Others start from it with: --bootstrap {Reachable(address)}");
        await Until.CancelledAsync(cancellation).ConfigureAwait(false);
        context.Reporter.Final(text: "Stopped.");
    }

    private static async Task ReportBootstrapAsync(CliContext context, DhtNode node, CancellationToken cancellation)
    {
        await node.BootstrappedAsync(cancellation).ConfigureAwait(false);
        context.Reporter.Report("bootstrapped", [], "Joined the network.");
    }

    private static UdpAddress Reachable(UdpAddress address) =>
        address.ToIPAddress().Equals(IPAddress.Any) ? UdpAddress.From(new IPEndPoint(IPAddress.Loopback, address.Port)) : address;
}
