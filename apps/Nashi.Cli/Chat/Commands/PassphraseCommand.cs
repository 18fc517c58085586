using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat.Profiles;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat passphrase</c>.</summary>
internal static class PassphraseCommand
{
    public static Command Build(CommandHost host)
    {
        var file = new Option<string?>("--new-passphrase-file") { Description = "File whose first line is the new passphrase; asked for at the terminal without it", HelpName = "file" };
        var ring = new Option<bool>("--key-ring") { Description = "Keep the key in the desktop's key ring from now on, and ask for no passphrase" };
        var command = new Command("passphrase", "Change what the profile is locked with") { file, ring };
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetValue(file), context.Parsed.GetValue(ring), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string? file, bool usesKeyRing, CancellationToken cancellation)
    {
        var folder = ChatSession.FolderOf(context);
        if (!Vault.Exists(folder)) throw new NoProfileException($"There is no profile in {context.StorageDirectory} yet. Make one with: nashi chat init");
        if (usesKeyRing && !SecretToolKeyRing.IsThere) throw new CliException("ERR_NO_KEY_RING", "There is no key ring here: secret-tool, or the desktop session it speaks to, is missing.");
        using var taken = ProfileLock.Take(folder);
        using var profile = await Unlocking.OpenAsync(context, folder, cancellation);
        var key = usesKeyRing ? VaultKey.KeyRing(new SecretToolKeyRing())
            : VaultKey.Passphrase(file is null ? Unlocking.AskForNew() : Unlocking.Require(Unlocking.ReadSecretFile(file)));
        await profile.ChangeKeyAsync(key, cancellation);
        context.Reporter.Final(new JsonObject { ["keyRing"] = usesKeyRing }, "Changed. Copies of the old file still open with the old passphrase.");
    }
}
