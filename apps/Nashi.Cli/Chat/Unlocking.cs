using Nashi.Chat.Profiles;

namespace Nashi.Cli.Chat;

/// <summary>What opens a profile: a passphrase from a file or the terminal, or the key ring.</summary>
internal static class Unlocking
{
    private const int MaxPassphraseBytes = 4096;
    private const int MinLength = 8;
    private const int Tries = 3;

    /// <summary>Opens the profile in a folder; a passphrase that was mistyped is asked for again.</summary>
    public static async Task<Profile> OpenAsync(CliContext context, string folder, CancellationToken cancellation)
    {
        if (FromFile(context) is { } given) return await Profile.OpenAsync(folder, VaultKey.Passphrase(given), SystemRandom.Instance, cancellation);
        if (!Vault.NeedsPassphrase(folder)) return await Profile.OpenAsync(folder, VaultKey.KeyRing(new SecretToolKeyRing()), SystemRandom.Instance, cancellation);
        for (var left = Tries - 1; ; left--)
        {
            try
            {
                return await Profile.OpenAsync(folder, VaultKey.Passphrase(Ask("Passphrase: ")), SystemRandom.Instance, cancellation);
            }
            catch (WrongPassphraseException) when (left > 0)
            {
                context.Reporter.Hint("That is not it.");
            }
        }
    }

    /// <summary>What a new profile, or a new passphrase, is locked with.</summary>
    public static VaultKey ForNew(CliContext context, bool usesKeyRing)
    {
        if (FromFile(context) is { } given) return VaultKey.Passphrase(Require(given));
        if (usesKeyRing && SecretToolKeyRing.IsThere) return VaultKey.KeyRing(new SecretToolKeyRing());
        return VaultKey.Passphrase(AskForNew());
    }

    /// <summary>A passphrase that is asked for twice.</summary>
    public static string AskForNew()
    {
        var first = Require(Ask($"New passphrase (at least {MinLength} characters): "));
        return Ask("The same again: ") == first ? first : throw CliException.Usage("The two passphrases differ. Nothing was changed.");
    }

    /// <summary>The first line of a small file.</summary>
    public static string ReadSecretFile(string path)
    {
        // Not by its length: a descriptor has none.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        var bytes = new byte[MaxPassphraseBytes];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var line = System.Text.Encoding.UTF8.GetString(bytes, 0, read).Split('\n', 2)[0].TrimEnd('\r');
        return line.Length > 0 ? line : throw CliException.Usage($"The first line of {path} is empty.");
    }

    /// <summary>Refuses what is too easy to guess.</summary>
    public static string Require(string passphrase) =>
        passphrase.Length >= MinLength ? passphrase : throw CliException.Usage($"A passphrase has at least {MinLength} characters; a few words are good.");

    private static string? FromFile(CliContext context)
    {
        var path = context.Parsed.GetValue(ChatLine.PassphraseFile) ?? Environment.GetEnvironmentVariable("NASHI_PASSPHRASE_FILE");
        return string.IsNullOrEmpty(path) ? null : ReadSecretFile(path);
    }

    private static string Ask(string question) =>
        Prompt.Secret(question) is not { } answer
            ? throw new CliException("ERR_PASSPHRASE_NEEDED", "The profile needs its passphrase, and there is no terminal to ask at. Put it into a file and name that with --passphrase-file or NASHI_PASSPHRASE_FILE.")
            : answer.Length > 0 ? answer : throw CliException.Usage("No passphrase was given.");
}
