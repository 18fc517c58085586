using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core create</c>.</summary>
internal static class CoreCreateCommand
{
    private const int RandomNameSize = 16;

    public static Command Build(CommandHost host)
    {
        var name = new Option<string?>("--name") { Description = "A name to find it by: the same name gives the same core", HelpName = "name" };
        var command = new Command("create", "Make a core that this store can append to, and print its key") { name };
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetValue(name), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string? name, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var core = await session.Store.GetAsync(name ?? RandomName(), null, cancellation).ConfigureAwait(false);
        context.Reporter.Final(
            new JsonObject { ["key"] = core.Key.ToString(), ["discoveryKey"] = core.DiscoveryKey.ToString(), ["length"] = core.Length },
            core.Key.ToString());
    }

    private static string RandomName()
    {
        Span<byte> bytes = stackalloc byte[RandomNameSize];
        SystemRandom.Instance.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
