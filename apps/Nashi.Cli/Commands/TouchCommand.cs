using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi touch</c>.</summary>
internal static class TouchCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("touch", "Make a link to publish under; its secret key stays in this store");
        host.Handle(command, RunAsync);
        return command;
    }

    private static async Task RunAsync(CliContext context, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        var link = await Touch.RunAsync(session.Store, cancellationToken: cancellation).ConfigureAwait(false);
        context.Reporter.Final(new JsonObject { ["link"] = link.ToString(), ["key"] = link.Key.ToString() }, link.ToString());
        context.Reporter.Hint($"Next: nashi stage {link} <dir>");
    }
}
