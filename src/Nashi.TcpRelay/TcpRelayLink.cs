using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nashi.Encoding;

namespace Nashi.TcpRelay;

/// <summary>Where a TCP relay is and who it has to be: <c>nashi-relay://&lt;key&gt;@host:port</c>, and for a private one <c>?secret=&lt;secret&gt;</c> behind it.</summary>
/// <param name="Key">The relay's public key, in z-base-32 in the link.</param>
/// <param name="Host">A name or an address.</param>
/// <param name="Port">The TCP port.</param>
public sealed record TcpRelayLink(PublicKey Key, string Host, int Port)
{
    /// <summary>What the link begins with.</summary>
    public const string Scheme = "nashi-relay://";

    private const string SecretMark = "?secret=";
    private const int HostMax = 255;

    /// <summary>What a private relay wants to hear; null for a public one.</summary>
    public Bytes32? Secret { get; init; }

    /// <summary>Reads a link.</summary>
    /// <exception cref="TcpRelayException">It is none (RELAY_LINK_INVALID).</exception>
    public static TcpRelayLink Parse(string text) => TryParse(text, out var link)
        ? link
        : throw new TcpRelayException("RELAY_LINK_INVALID", "That is not the link of a TCP relay: expected nashi-relay://<key>@host:port, as nashi relay --tls prints it.");

    /// <summary>Reads a link.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TcpRelayLink link)
    {
        link = null!;
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return false;
        text = text[Scheme.Length..];
        Bytes32? secret = null;
        if (text.IndexOf(SecretMark, StringComparison.Ordinal) is >= 0 and var mark)
        {
            if (!TryParse32(text[(mark + SecretMark.Length)..], out var bytes)) return false;
            secret = bytes;
            text = text[..mark];
        }

        var at = text.IndexOf('@');
        if (at < 0 || !TryParse32(text[..at], out var key) || !TrySplit(text[(at + 1)..], out var host, out var port)) return false;
        link = new TcpRelayLink(new PublicKey(key), host, port) { Secret = secret };
        return true;
    }

    /// <summary>The link with the secret, to be given to whom the relay is for.</summary>
    public string ToLink() => Secret is { } secret ? $"{this}{SecretMark}{secret}" : ToString();

    /// <summary>The link, never with the secret.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}{Key}@{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}");

    private static bool TryParse32(ReadOnlySpan<char> text, out Bytes32 bytes)
    {
        Span<byte> decoded = stackalloc byte[Bytes32.Size];
        bytes = default;
        if (text.Length != ZBase32.EncodedLength(Bytes32.Size) || !ZBase32.TryDecode(text, decoded)) return false;
        bytes = new Bytes32(decoded);
        return true;
    }

    private static bool TrySplit(ReadOnlySpan<char> text, out string host, out int port)
    {
        (host, port) = ("", 0);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > ushort.MaxValue) return false;
        var name = text[..colon];
        if (name is ['[', .., ']']) name = name[1..^1];
        else if (name.Contains(':')) return false;
        host = name.ToString();
        if (host.Length is 0 or > HostMax) return false;
        return IPAddress.TryParse(host, out var address) ? address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6 : IsName(host);
    }

    private static bool IsName(string host) => host.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
