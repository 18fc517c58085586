using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Chat.Profiles;
using Nashi.Cli.Output;
using Nashi.Pairing;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat init</c>.</summary>
internal static class InitCommand
{
    public static Command Build(CommandHost host)
    {
        var name = NameOption();
        var noKeyRing = ChatLine.NoKeyRing();
        var command = new Command("init", "Make a profile: prints the phrase that it can be made from again, once") { name, noKeyRing };
        host.Handle(command, (context, cancellation) => RunAsync(context, Mnemonic.Generate(SystemRandom.Instance), NameOf(context.Parsed.GetValue(name)), !context.Parsed.GetValue(noKeyRing), isNew: true, cancellation));
        return command;
    }

    public static Option<string?> NameOption() => new("--name") { Description = "The name others see (default: the name of the account on this machine)" };

    public static string NameOf(string? given)
    {
        var name = string.IsNullOrWhiteSpace(given) ? Environment.UserName : given;
        return System.Text.Encoding.UTF8.GetByteCount(name) <= Member.MaxName ? TerminalText.Line(name).Trim() : throw CliException.Usage("The name is too long.");
    }

    public static async Task RunAsync(CliContext context, string phrase, string name, bool usesKeyRing, bool isNew, CancellationToken cancellation)
    {
        var folder = ChatSession.FolderOf(context);
        using var taken = ProfileLock.Take(folder);
        if (Vault.Exists(folder)) throw new ProfileExistsException($"There is a profile in {context.StorageDirectory} already. Choose another folder with --storage.");
        var key = Unlocking.ForNew(context, usesKeyRing);
        using var profile = await Profile.CreateAsync(folder, phrase, name, key, SystemRandom.Instance, cancellationToken: cancellation);
        _ = await ChatSession.BlindPeersAsync(context, profile, cancellation);
        var facts = new JsonObject { ["identity"] = profile.Identity.PublicKey.ToString(), ["device"] = profile.Device.PublicKey.ToString(), ["name"] = name };
        if (isNew) facts["phrase"] = phrase;
        context.Reporter.Final(facts, isNew ? Text(name, phrase) : $"You are {name} again, on a new device. Ask a member of each room for an invitation.");
        if (isNew) context.Reporter.Hint("Write the words down now: they are not shown again. Whoever has them is you.\nNext: nashi chat create <room>, or nashi chat join <link>.");
    }

    private static string Text(string name, string phrase) =>
        $"You are {name}. Your phrase:\n\n{string.Join('\n', phrase.Split(' ').Chunk(4).Select(row => "    " + string.Join(' ', row)))}\n";
}
