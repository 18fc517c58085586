using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat;

/// <summary>An invitation into a room, as text to hand over. Whoever reads it can use it: treat it as a password.</summary>
public sealed record InviteLink
{
    /// <summary>What every link begins with.</summary>
    public const string Prefix = "nashi://join/";

    // Far above what an invite takes.
    private const int MaxText = 2048;

    internal InviteLink(Invite invite) => Invite = invite;

    /// <summary>Until when it is good; null for ever.</summary>
    public DateTimeOffset? Expires => Invite.Expires;

    /// <summary>By what members know it; no secret.</summary>
    public Bytes32 Id => Invite.Id;

    internal Invite Invite { get; }

    /// <summary>Reads a link, with or without its beginning.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out InviteLink? link)
    {
        link = null;
        if (text is null || text.Length > MaxText) return false;
        text = text.Trim();
        if (text.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) text = text[Prefix.Length..];
        var bytes = new byte[text.Length * 5 / 8];
        if (bytes.Length == 0 || !ZBase32.TryDecode(text, bytes) || !Invite.TryDecode(bytes, out var invite) || invite.DiscoveryKey is null) return false;
        link = new(invite);
        return true;
    }

    /// <summary>The text to hand over: the secret itself.</summary>
    public string ToText() => Prefix + ZBase32.Encode(Invite.Encode());

    /// <summary>The invite's id; never its secret.</summary>
    public override string ToString() => Invite.ToString();
}
