namespace Nashi.Cli.Output;

/// <summary>Makes text from strangers safe to show.</summary>
internal static class Terminal
{
    /// <summary>Replaces control characters, which could move the cursor or rewrite what was shown; keeps line breaks and tabs.</summary>
    public static string Clean(string text) =>
        text.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0 && !text.Any(IsUnsafe) ? text : string.Concat(text.Select(c => IsUnsafe(c) ? '�' : c));

    // C0 and C1 controls, and the marks that reorder text right to left.
    private static bool IsUnsafe(char c) =>
        (char.IsControl(c) && c is not ('\n' or '\t')) || c is (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');
}
