using System.Security.Cryptography;

namespace Nashi.TestKit;

/// <summary>Folders of test files.</summary>
public static class Files
{
    /// <summary>Writes a folder with the cases that matter: empty, small, binary, large enough for several blocks, nested, non-ASCII name, executable.</summary>
    public static void WriteSample(string folder, int seed = 1)
    {
        Directory.CreateDirectory(Path.Combine(folder, "deep", "er"));
        File.WriteAllText(Path.Combine(folder, "hello.txt"), "hello\n");
        File.WriteAllText(Path.Combine(folder, "empty"), "");
        File.WriteAllText(Path.Combine(folder, "deep", "er", "梨.md"), "# nashi\n");
        File.WriteAllBytes(Path.Combine(folder, "deep", "small.bin"), Random(seed, 70_000));
        File.WriteAllBytes(Path.Combine(folder, "large.bin"), Random(seed + 1, 3_000_000));
        var script = Path.Combine(folder, "run.sh");
        File.WriteAllText(script, "#!/bin/sh\necho ran\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(script, File.GetUnixFileMode(script) | UnixFileMode.UserExecute);
    }

    /// <summary>Each file's drive path and SHA-256.</summary>
    public static SortedDictionary<string, string> Hashes(string folder)
    {
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var path = "/" + Path.GetRelativePath(folder, file).Replace('\\', '/');
            hashes[path] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));
        }

        return hashes;
    }

    private static byte[] Random(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
