namespace Nashi.Chat.Messages;

/// <summary>Names of files as they go to others: no folders, nothing a screen could be fooled with.</summary>
internal static class FileNames
{
    public static bool IsSafe(string name) =>
        name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny('/', '\\', '\0') && !name.Any(char.IsControl);

    /// <summary>The nearest name that is safe.</summary>
    public static string Clean(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        name = new string([.. name.Where(c => !char.IsControl(c))]);
        while (System.Text.Encoding.UTF8.GetByteCount(name) > Attachment.MaxName) name = name[..^1];
        return IsSafe(name) ? name : "file";
    }
}
