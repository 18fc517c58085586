using System.CommandLine;
using System.Globalization;
using Nashi.Chat;

namespace Nashi.Cli.Chat;

/// <summary>Options and arguments that commands of <c>nashi chat</c> share.</summary>
internal static class ChatLine
{
    /// <summary>Where the passphrase is; never on the command line itself, where everybody on the machine could read it.</summary>
    public static readonly Option<string?> PassphraseFile = new("--passphrase-file")
    {
        Description = "File whose first line is the passphrase, /dev/fd/3 for an open descriptor (environment NASHI_PASSPHRASE_FILE); asked for at the terminal without it",
        HelpName = "file",
        Recursive = true,
    };

    /// <summary>Who keeps what we wrote while nobody is online.</summary>
    public static readonly Option<string[]> BlindPeer = new("--blind-peer")
    {
        Description = "Key of a blind peer that keeps what you write for the others, unreadable to it; remembered. 'none' forgets all",
        HelpName = "key",
        DefaultValueFactory = _ => [],
        Recursive = true,
    };

    /// <summary>Whether not to use the key ring for a new profile.</summary>
    public static Option<bool> NoKeyRing() => new("--no-key-ring") { Description = "Use a passphrase even where there is a key ring" };

    /// <summary>A room.</summary>
    public static Argument<string> Room() => new("room") { Description = "The room: its name, or how its id begins" };

    /// <summary>How many messages.</summary>
    public static Option<int> Count(int usual) => new("--count", "-n") { Description = $"How many messages (default {usual})", HelpName = "n", DefaultValueFactory = _ => usual };

    /// <summary>A time such as 30m, 12h, 7d.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static TimeSpan ParseTime(string text)
    {
        var unit = text.Length > 0 ? text[^1] : ' ';
        var isNumber = int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        if (!isNumber || number is 0 or > 100_000) throw CliException.Usage($"'{text}' is not a time: expected a number and s, m, h or d, such as 7d.");
        return unit switch
        {
            's' => TimeSpan.FromSeconds(number),
            'm' => TimeSpan.FromMinutes(number),
            'h' => TimeSpan.FromHours(number),
            'd' => TimeSpan.FromDays(number),
            _ => throw CliException.Usage($"'{text}' is not a time: expected a number and s, m, h or d, such as 7d."),
        };
    }

    /// <summary>A role that can be given with an invitation.</summary>
    /// <exception cref="CliException">It is none.</exception>
    public static RoomRole ParseRole(string text) =>
        Enum.TryParse<RoomRole>(text, ignoreCase: true, out var role) && !char.IsAsciiDigit(text[0]) && role != RoomRole.Owner
            ? role
            : throw CliException.Usage($"'{text}' is not a role to invite for: reader, bot, member or admin.");

    /// <summary>How many may use an invitation; null for any number.</summary>
    /// <exception cref="CliException">It is no number.</exception>
    public static int? ParseUses(string text) =>
        text == "any" ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var uses) && uses > 0 ? uses
        : throw CliException.Usage($"'{text}' is not a number of uses: a number, or any.");
}
