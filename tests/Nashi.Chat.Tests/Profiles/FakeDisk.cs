using Nashi.Chat.Profiles;

namespace Nashi.Chat.Tests.Profiles;

/// <summary>A folder in memory whose power fails after a given number of bytes or steps.</summary>
internal sealed class FakeDisk : IVaultDisk
{
    public Dictionary<string, byte[]> Files { get; init; } = new(StringComparer.Ordinal);

    /// <summary>How many bytes and renames may still happen; each byte counts one, as does each rename and removal.</summary>
    public int Budget { get; set; } = int.MaxValue;

    public FakeDisk Clone() => new() { Files = new Dictionary<string, byte[]>(Files, StringComparer.Ordinal) };

    public byte[]? Read(string name) => Files.GetValueOrDefault(name);

    public void Write(string name, ReadOnlySpan<byte> bytes)
    {
        var written = Math.Min(bytes.Length, Budget);
        Files[name] = bytes[..written].ToArray();
        Spend(bytes.Length);
    }

    public void Replace(string from, string to)
    {
        Spend(1);
        Files[to] = Files[from];
        _ = Files.Remove(from);
    }

    public void Remove(string name)
    {
        Spend(1);
        _ = Files.Remove(name);
    }

    private void Spend(int cost)
    {
        Budget -= cost;
        if (Budget < 0) throw new PowerCutException();
    }

    internal sealed class PowerCutException : IOException;
}
