namespace Nashi.Deploy;

/// <summary>A text that should have been a link is none.</summary>
public sealed class InvalidLinkException : NashiException
{
    /// <summary>Says what is wrong with <paramref name="text"/>.</summary>
    public InvalidLinkException(string text, string why)
        : base("ERR_INVALID_LINK", $"'{Shorten(text)}' is not a link: {why}. Expected pear://<key> as `nashi touch` or `nashi share` prints it.")
    {
    }

    // What a stranger sent may be long or hold terminal escapes.
    private static string Shorten(string text)
    {
        var shown = text.Length <= 80 ? text : text[..80] + "…";
        return string.Concat(shown.Select(c => char.IsControl(c) ? '�' : c));
    }
}
