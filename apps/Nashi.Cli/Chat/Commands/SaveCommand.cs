using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat save</c>.</summary>
internal static class SaveCommand
{
    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var file = new Argument<string>("file") { Description = "The file's name, of the newest with that name; or the id of its message" };
        var to = new Argument<string?>("path") { Description = "Where to (default: its name, in this folder)", Arity = ArgumentArity.ZeroOrOne };
        var force = new Option<bool>("--force", "-f") { Description = "Overwrite a file that is there" };
        var command = new Command("save", "Save a file that was sent; Ctrl-C and the same again goes on") { room, file, to, force };
        ChatRunner.Handle(host, command, isOnline: true, room, async (context, opened, cancellation) =>
        {
            var wanted = context.Parsed.GetRequiredValue(file);
            var found = await FileSaver.FindAsync(opened, wanted, cancellation) ?? throw new CliException("ERR_NOT_FOUND", $"No file is called {TerminalText.Line(wanted)} here. See: nashi chat history");
            var path = FileSaver.PathFor(found, context.Parsed.GetValue(to));
            using var progress = new FileProgress(context, found.Name, found.Size);
            await FileSaver.SaveAsync(opened, found, path, context.Parsed.GetValue(force), progress, cancellation);
            progress.Dispose();
            context.Reporter.Final(new JsonObject { ["path"] = path, ["bytes"] = found.Size }, TerminalText.Line(path));
        });
        return command;
    }
}
