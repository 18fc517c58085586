namespace Nashi.Chat.Profiles;

/// <summary>A folder that only its owner can look into.</summary>
internal sealed class VaultDisk(string folder) : IVaultDisk
{
    public byte[]? Read(string name)
    {
        var path = Path.Combine(folder, name);
        if (!File.Exists(path)) return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var bytes = new byte[Math.Min(file.Length, VaultFile.MaxBytes + 1)];
        var read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return bytes[..read];
    }

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        PrivateFolder.Make(folder);
        // Not over an old draft, whose mode may be wider: the mode counts only when a file is made.
        Remove(name);
        using var file = new FileStream(Path.Combine(folder, name), PrivateFolder.FileOptions(FileMode.CreateNew));
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    public void Replace(string from, string to)
    {
        File.Move(Path.Combine(folder, from), Path.Combine(folder, to), overwrite: true);
        PrivateFolder.Sync(folder);
    }

    public void Remove(string name) => File.Delete(Path.Combine(folder, name));
}
