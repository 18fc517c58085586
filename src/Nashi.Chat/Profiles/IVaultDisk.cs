namespace Nashi.Chat.Profiles;

/// <summary>The few things a vault asks of a folder. Each is durable when it returns.</summary>
internal interface IVaultDisk
{
    /// <summary>A file's bytes, no more than <see cref="VaultFile.MaxBytes"/> and one; null when there is none.</summary>
    byte[]? Read(string name);

    /// <summary>Writes a whole file that only its owner can read.</summary>
    void Write(string name, ReadOnlySpan<byte> bytes);

    /// <summary>Gives a file another's name, in its place.</summary>
    void Replace(string from, string to);

    /// <summary>Removes a file, if it is there.</summary>
    void Remove(string name);
}
