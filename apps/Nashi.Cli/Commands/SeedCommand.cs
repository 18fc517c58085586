using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi seed</c>.</summary>
internal static class SeedCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var command = new Command("seed", "Keep a drive available, with a full copy, until Ctrl-C") { link };
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetRequiredValue(link), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await RunAsync(context, session, link, () => { }, cancellation).ConfigureAwait(false);
    }

    /// <summary>Seeds until the token is cancelled.</summary>
    /// <param name="context">Where to report.</param>
    /// <param name="session">The store.</param>
    /// <param name="link">What to seed.</param>
    /// <param name="announced">Called when it can be found.</param>
    /// <param name="cancellation">Ctrl-C.</param>
    public static async Task RunAsync(CliContext context, DeploySession session, PearLink link, Action announced, CancellationToken cancellation)
    {
        context.Reporter.Report("seeding", new JsonObject { ["link"] = link.Origin }, $"Seeding {link.Origin}");
        await using var seed = await Seed.StartAsync(session, link, cancellation).ConfigureAwait(false);
        var everywhere = await seed.AnnouncedAsync(cancellation).ConfigureAwait(false);
        context.Reporter.Report(
            "announced",
            new JsonObject { ["link"] = link.Origin, ["discoveryKey"] = seed.DiscoveryKey.ToString(), ["length"] = seed.Length, ["lanOnly"] = !everywhere },
            everywhere
                ? $"Announced: {link.Origin} can be found now. Ctrl-C stops."
                : $"The internet does not answer yet: {link.Origin} can be found on the local network. Ctrl-C stops.");
        announced();
        await PeerTable.ShowAsync(context, session, () => seed.Length, cancellation).ConfigureAwait(false);
        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["length"] = seed.Length }, "Stopped.");
    }
}
