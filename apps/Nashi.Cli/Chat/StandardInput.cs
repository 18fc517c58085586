namespace Nashi.Cli.Chat;

/// <summary>Text from standard input: this program's, or that of the one that asked for the command.</summary>
internal static class StandardInput
{
    private static readonly AsyncLocal<string?> Forwarded = new();

    /// <summary>What stands for standard input in this flow of execution; null for the program's own.</summary>
    public static string? Text
    {
        get => Forwarded.Value;
        set => Forwarded.Value = value;
    }

    /// <summary>Reads all of it, without the line break at the end.</summary>
    /// <exception cref="CliException">It is longer than allowed.</exception>
    public static async Task<string> ReadAsync(int maxBytes, CancellationToken cancellation)
    {
        if (Text is { } forwarded) return forwarded.TrimEnd('\n', '\r');
        await using var input = Console.OpenStandardInput();
        var bytes = new byte[maxBytes + 1];
        var read = await input.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellation);
        if (read > maxBytes) throw CliException.Usage($"Standard input has more than {maxBytes} bytes.");
        return System.Text.Encoding.UTF8.GetString(bytes, 0, read).TrimEnd('\n', '\r');
    }
}
