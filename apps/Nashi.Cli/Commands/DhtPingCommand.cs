using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Datagrams;
using Nashi.Dht;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dht ping</c>.</summary>
internal static class DhtPingCommand
{
    private const int CountMax = 1000;

    public static Command Build(CommandHost host)
    {
        var to = new Argument<string>("host:port") { Description = "The node" };
        var count = new Option<int>("--count") { Description = "How often", HelpName = "n", DefaultValueFactory = _ => 4 };
        var command = new Command("ping", "Ask a node whether it is there, and where it sees us") { to, count };
        count.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > CountMax) result.AddError($"--count is 1 to {CountMax}.");
        });
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetRequiredValue(to), context.Parsed.GetValue(count), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string name, int count, CancellationToken cancellation)
    {
        var address = await ResolveAsync(name, cancellation).ConfigureAwait(false);
        await using var node = await context.StartNodeAsync(serves: false, cancellation).ConfigureAwait(false);
        var answers = 0;
        for (var i = 1; i <= count; i++)
        {
            var ping = await node.PingAsync(address, cancellation).ConfigureAwait(false);
            if (ping is not null) answers++;
            Report(context, address, i, ping);
        }

        if (answers == 0) throw new CliException("ERR_NO_ANSWER", $"{address} does not answer: no node runs there, or something between drops UDP.");
        context.Reporter.Final(new JsonObject { ["address"] = address.ToString(), ["sent"] = count, ["answered"] = answers }, $"{answers} of {count} answered");
    }

    private static void Report(CliContext context, UdpAddress address, int number, DhtPing? ping)
    {
        if (ping is null)
        {
            context.Reporter.Report("silent", new JsonObject { ["number"] = number }, $"{number}: no answer");
            return;
        }

        var ms = Math.Round(ping.RoundTrip.TotalMilliseconds, 2);
        var data = new JsonObject { ["number"] = number, ["ms"] = ms, ["seen"] = ping.Seen.ToString(), ["persistent"] = ping.IsPersistent };
        context.Reporter.Report("answer", data, $"{number}: answer from {address} in {ms} ms; it sees us at {ping.Seen}");
    }

    private static async ValueTask<UdpAddress> ResolveAsync(string name, CancellationToken cancellation)
    {
        var (found, _) = await BootstrapResolver.TryResolveAsync([name], cancellation).ConfigureAwait(false);
        return found.Count > 0 ? found[0] : throw new CliException("ERR_NOT_FOUND", $"'{name}' has no address.");
    }
}
