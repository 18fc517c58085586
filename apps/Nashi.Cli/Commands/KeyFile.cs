using System.CommandLine;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Cli.Commands;

/// <summary>Key pairs that stay the same from one run to the next: seeds in small files that only their owner can read.</summary>
internal static class KeyFile
{
    private const int MaxFileBytes = 1024;

    public static Option<FileInfo?> MakeOption() => new("--seed-file") { Description = "File with the 32-byte seed of the key pair, as hex or z-base-32", HelpName = "file" };

    /// <summary>The key pair of a given file, or the one that the store keeps under a name, made at first use.</summary>
    public static KeyPair Open(CliContext context, FileInfo? given, string name)
    {
        if (given is not null) return Read(given.FullName);
        var path = Path.Combine(context.StorageDirectory, "keys", name + ".seed");
        if (!File.Exists(path)) Make(path);
        return Read(path);
    }

    private static KeyPair Read(string path)
    {
        if (new FileInfo(path) is { Exists: true, Length: > MaxFileBytes }) throw Malformed(path);
        if (!Id32.TryParse<CoreKey>(File.ReadAllText(path).Trim(), out var seed)) throw Malformed(path);
        return KeyPair.FromSeed(seed.Value.AsSpan());
    }

    private static void Make(string path)
    {
        Span<byte> seed = stackalloc byte[KeyPair.SeedSize];
        SystemRandom.Instance.Fill(seed);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var draft = $"{path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(draft, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(seed)));
            file.Flush(flushToDisk: true);
        }

        CryptographicOperations.ZeroMemory(seed);
        Publish(draft, path);
    }

    // Of two programs that make the first key at once, both use the one that came first.
    private static void Publish(string draft, string path)
    {
        try
        {
            File.Move(draft, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(draft);
        }
    }

    private static CliException Malformed(string path) =>
        new("ERR_INVALID_INPUT", $"{path} holds no seed: expected 64 characters of hex or 52 of z-base-32.");
}
