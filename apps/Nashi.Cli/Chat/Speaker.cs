using System.Globalization;
using Nashi.Chat;
using Nashi.Cli.Output;
using Nashi.Encoding;

namespace Nashi.Cli.Chat;

/// <summary>How members are called: by the names they chose, which are made safe and, where two would look the same, told apart by their keys.</summary>
internal static class Speaker
{
    private const int Shown = 4;
    private const int MinPrefix = 4;

    /// <summary>The name of a member, or of somebody who was one.</summary>
    public static string NameOf(Room room, PublicKey identity, string? lastKnown = null)
    {
        var members = room.State.Members;
        var name = TerminalText.Name(members.TryGetValue(identity, out var member) ? member.Name : lastKnown);
        var isTaken = members.Values.Any(other => other.Identity != identity && string.Equals(TerminalText.Name(other.Name), name, StringComparison.OrdinalIgnoreCase));
        return isTaken ? $"{name}~{identity.ToString()[..Shown]}" : name;
    }

    /// <summary>A colour that stays with a person.</summary>
    public static byte ColorOf(PublicKey identity) => (byte)(1 + (identity.Value.AsSpan()[0] % 6));

    /// <summary>Finds a member by name, or by how the key begins.</summary>
    /// <exception cref="CliException">There is none, or more than one.</exception>
    public static Member Find(Room room, string text)
    {
        var found = room.State.Members.Values
            .Where(member => string.Equals(member.Name, text, StringComparison.OrdinalIgnoreCase)
                || string.Equals(NameOf(room, member.Identity), text, StringComparison.OrdinalIgnoreCase)
                || (text.Length >= MinPrefix && member.Identity.ToString().StartsWith(text, StringComparison.Ordinal)))
            .ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CliException("ERR_NOT_FOUND", $"No member is called {TerminalText.Line(text)}. See: nashi chat members"),
            _ => throw new CliException("ERR_AMBIGUOUS", $"{found.Count} members are called {TerminalText.Line(text)}. Name one by how its key begins: {string.Join(", ", found.Select(member => member.Identity.ToString()[..8]))}"),
        };
    }

    /// <summary>A role in lower case.</summary>
    public static string RoleOf(Member member) => member.Role.ToString().ToLower(CultureInfo.InvariantCulture);
}
