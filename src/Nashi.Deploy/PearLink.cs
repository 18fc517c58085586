using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Nashi.Encoding;

namespace Nashi.Deploy;

/// <summary>A <c>pear://</c> link: a drive, and optionally one version of it and a path inside.</summary>
/// <remarks>
/// <code>
/// pear://key[/path]                            the newest version
/// pear://fork.length.key[/path]                a verlink: one version
/// pear://fork.length.key.treehash[/path]       a hashlink: one version, and the tree hash its metadata core must have
/// </code>
/// Keys and hashes are written in z-base-32 (52 characters) and read in that or hex (64). One matching pair of quotes around the text is ignored.
/// Source: pear.md §2.1. Thread-safe: immutable.
/// </remarks>
public sealed record PearLink
{
    private const string Scheme = "pear://";

    /// <summary>The longest text that is parsed, in characters.</summary>
    public const int MaxLength = 8192;

    /// <summary>The key of the drive's metadata core.</summary>
    public required CoreKey Key { get; init; }

    /// <summary>The fork of a verlink; null for the newest version.</summary>
    public ulong? Fork { get; init; }

    /// <summary>The length of a verlink; null for the newest version.</summary>
    public ulong? Length { get; init; }

    /// <summary>The tree hash of a hashlink; null when none was given.</summary>
    public Digest? TreeHash { get; init; }

    /// <summary>The path inside the drive, starting with a slash; null for the whole drive.</summary>
    public string? Path { get; init; }

    /// <summary>The link without version and path: the identity of the drive.</summary>
    public string Origin => Scheme + Key;

    /// <summary>The link of the newest version of a drive.</summary>
    public static PearLink To(CoreKey key) => new() { Key = key };

    /// <summary>Parses a link.</summary>
    /// <exception cref="InvalidLinkException">The text is not a link; the message says why.</exception>
    public static PearLink Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var link, out var why) ? link : throw new InvalidLinkException(text, why);
    }

    /// <summary>Parses a link; <paramref name="why"/> says what is wrong with a text that is none.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out PearLink? link, out string why)
    {
        link = null;
        if (text.Length > MaxLength) return Fail($"a link has at most {MaxLength} characters", out why);
        var rest = Unquote(text.AsSpan());
        if (!rest.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Fail("a link starts with pear://", out why);
        rest = rest[Scheme.Length..];
        rest = rest[..(rest.IndexOfAny('?', '#') is var end and >= 0 ? end : rest.Length)];
        var slash = rest.IndexOf('/');
        var host = slash < 0 ? rest : rest[..slash];
        if (!TryParseHost(host, out link, out why)) return false;
        var path = slash < 0 ? "" : rest[slash..].ToString();
        if (path.Any(char.IsControl)) return Fail("a path has no control characters", out why);
        if (path.Length > 1) link = link with { Path = path };
        return true;
    }

    /// <summary>The link as text.</summary>
    public override string ToString()
    {
        var version = Length is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{Fork ?? 0}.{Length}.");
        var hash = TreeHash is null ? "" : "." + TreeHash;
        return Scheme + version + Key + hash + Path;
    }

    private static bool TryParseHost(ReadOnlySpan<char> host, [NotNullWhen(true)] out PearLink? link, out string why)
    {
        link = null;
        Span<Range> parts = stackalloc Range[5];
        var count = host.Split(parts, '.');
        if (count is 2 or > 4) return Fail("the host is key, fork.length.key or fork.length.key.treehash", out why);
        var keyText = host[parts[count == 1 ? 0 : 2]];
        if (!Id32.TryParse<CoreKey>(keyText, out var key)) return Fail("the key is neither 52 characters of z-base-32 nor 64 of hex", out why);
        link = To(key);
        why = "";
        if (count == 1) return true;
        var versioned = TryParseNumber(host[parts[0]], out var fork) & TryParseNumber(host[parts[1]], out var length);
        if (!versioned) return Fail("fork and length are decimal numbers below 2^53", out why);
        link = link with { Fork = fork, Length = length };
        if (count == 3) return true;
        if (!Id32.TryParse<Digest>(host[parts[3]], out var hash)) return Fail("the tree hash is neither 52 characters of z-base-32 nor 64 of hex", out why);
        link = link with { TreeHash = hash };
        return true;
    }

    private static bool TryParseNumber(ReadOnlySpan<char> text, out ulong value) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value <= CompactReader.MaxUInt;

    private static ReadOnlySpan<char> Unquote(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        var quoted = text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0];
        return quoted ? text[1..^1] : text;
    }

    private static bool Fail(string because, out string why)
    {
        why = because;
        return false;
    }
}
