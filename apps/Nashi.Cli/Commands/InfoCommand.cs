using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi info</c>.</summary>
internal static class InfoCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var command = new Command("info", "What is behind a link: keys, version, size") { link };
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetRequiredValue(link), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        var info = await LinkInfo.ReadAsync(session, link, cancellation).ConfigureAwait(false);
        var facts = new JsonObject
        {
            ["link"] = link.Origin,
            ["verlink"] = info.Version.ToString(),
            ["key"] = link.Key.ToString(),
            ["discoveryKey"] = info.DiscoveryKey.ToString(),
            ["contentKey"] = info.ContentKey?.ToString(),
            ["name"] = info.Name,
            ["version"] = info.PackageVersion,
            ["writable"] = info.IsWritable,
            ["length"] = info.Length,
            ["fork"] = info.Fork,
            ["byteLength"] = info.ByteLength,
            ["contentLength"] = info.ContentLength,
            ["contentByteLength"] = info.ContentByteLength,
            ["files"] = info.Files,
        };
        context.Reporter.Final(facts, Facts.Format(facts));
    }
}
