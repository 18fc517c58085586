using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using QRCoder;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi share</c>: touch, stage and seed in one.</summary>
internal static class ShareCommand
{
    public static Command Build(CommandHost host)
    {
        var folder = new Argument<DirectoryInfo>("dir") { Description = "The folder to share" };
        var link = new Option<PearLink?>("--link") { Description = "Share under this link again, as its next version", HelpName = "link", CustomParser = result => PearLink.Parse(result.Tokens[0].Value) };
        var ignore = ListOption.Make("--ignore", "Paths or globs to leave out; ! takes back in");
        var command = new Command("share", "Share a folder: prints its link and serves it until Ctrl-C") { folder, link, ignore };
        host.Handle(command, (context, cancellation) => RunAsync(
            context,
            context.Parsed.GetRequiredValue(folder),
            context.Parsed.GetValue(link),
            new StageOptions { Ignore = ListOption.Split(context.Parsed.GetValue(ignore)) },
            cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, DirectoryInfo folder, PearLink? link, StageOptions options, CancellationToken cancellation)
    {
        if (!folder.Exists) throw new CliException("ERR_NOT_FOUND", $"There is no folder {folder.FullName}.");
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        link ??= await Touch.RunAsync(session.Store, cancellationToken: cancellation).ConfigureAwait(false);
        _ = await StageCommand.RunAsync(context, session, link, folder, options, cancellation).ConfigureAwait(false);
        await SeedCommand.RunAsync(context, session, link, () => ShowLink(context, link), cancellation).ConfigureAwait(false);
    }

    private static void ShowLink(CliContext context, PearLink link) =>
        context.Reporter.Report("link", new JsonObject { ["link"] = link.Origin }, $"\n{Draw(link)}\n{link.Origin}\n\nOn the other machine: nashi get {link.Origin}\n");

    private static string Draw(PearLink link)
    {
        using var generator = new QRCodeGenerator();
        using var data = generator.CreateQrCode(link.Origin, QRCodeGenerator.ECCLevel.L);
        using var code = new AsciiQRCode(data);
        return code.GetGraphicSmall();
    }
}
