using System.CommandLine;
using Nashi.Pairing;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat restore</c>.</summary>
internal static class RestoreCommand
{
    public static Command Build(CommandHost host)
    {
        var file = new Option<string?>("--phrase-file") { Description = "File with the words on its first line; asked for at the terminal without it", HelpName = "file" };
        var name = InitCommand.NameOption();
        var noKeyRing = ChatLine.NoKeyRing();
        var command = new Command("restore", "Make the profile of a phrase again, on this device") { file, name, noKeyRing };
        host.Handle(command, (context, cancellation) =>
        {
            var phrase = context.Parsed.GetValue(file) is { } path ? Unlocking.ReadSecretFile(path) : Ask();
            if (!Mnemonic.IsValid(phrase, out var why)) throw CliException.Usage($"That is not a phrase: {why}.");
            return InitCommand.RunAsync(context, phrase, InitCommand.NameOf(context.Parsed.GetValue(name)), !context.Parsed.GetValue(noKeyRing), isNew: false, cancellation);
        });
        return command;
    }

    private static string Ask() =>
        Prompt.Secret("The words of your phrase (not shown): ")
        ?? throw new CliException("ERR_PHRASE_NEEDED", "There is no terminal to ask for the phrase at. Put it into a file and name that with --phrase-file.");
}
