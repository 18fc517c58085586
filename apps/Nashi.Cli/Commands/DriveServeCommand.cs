using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Gateway;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive serve</c>.</summary>
internal static class DriveServeCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var port = new Option<int>("--port", "-p") { Description = "The port (default: a free one)", HelpName = "n" };
        var address = new Option<IPAddress>("--host")
        {
            Description = "Where to listen; others than this machine can read the drive when it is not a loopback address",
            HelpName = "ip",
            DefaultValueFactory = _ => IPAddress.Loopback,
            CustomParser = result =>
            {
                if (IPAddress.TryParse(result.Tokens[0].Value, out var parsed)) return parsed;
                result.AddError($"'{result.Tokens[0].Value}' is not an IP address.");
                return null;
            },
        };
        var names = ListOption.Make("--allow-host", "Host names, besides localhost, under which browsers may ask");
        var command = new Command("serve", "Open a drive in the browser: a local HTTP gateway with ranges, until Ctrl-C") { link, port, address, names };
        host.Handle(command, (context, cancellation) =>
        {
            var options = new DriveGatewayOptions
            {
                Host = context.Parsed.GetRequiredValue(address),
                Port = context.Parsed.GetValue(port),
                AllowedHosts = ListOption.Split(context.Parsed.GetValue(names)),
            };
            return RunAsync(context, context.Parsed.GetRequiredValue(link), options, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, DriveGatewayOptions options, CancellationToken cancellation)
    {
        await using var reader = await DriveReader.OpenAsync(context, link, cancellation);
        await reader.FollowAsync(cancellation);
        await using var gateway = await DriveGateway.StartAsync(reader.Drive, options, cancellation);
        var page = new Uri(gateway.Address, link.Path ?? "/");
        context.Reporter.Report("serving", new JsonObject { ["link"] = link.Origin, ["url"] = page.AbsoluteUri }, $"{link.Origin} is at {page.AbsoluteUri}. Ctrl-C stops.");
        await Until.CancelledAsync(cancellation);
        context.Reporter.Final(new JsonObject { ["url"] = page.AbsoluteUri }, "Stopped.");
    }
}
