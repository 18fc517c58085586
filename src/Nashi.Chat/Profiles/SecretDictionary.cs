using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Profiles;

/// <summary>Secrets by name, and how they are written inside a vault: <c>n × (name · value)</c>, then zeros up to a multiple of 1 KiB.</summary>
/// <remarks>Not thread-safe. Values are pinned, and wiped when replaced.</remarks>
internal sealed class SecretDictionary
{
    private const int MaxSecrets = 65536;
    private const int MaxNameBytes = 256;
    private const int Grain = 1024;

    private readonly SortedDictionary<string, byte[]> _secrets = new(StringComparer.Ordinal);

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names => [.. _secrets.Keys];

    /// <summary>A copy of one.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out byte[]? value)
    {
        value = _secrets.TryGetValue(name, out var kept) ? (byte[])kept.Clone() : null;
        return value is not null;
    }

    /// <summary>Puts one; null removes.</summary>
    public void Put(string name, byte[]? value)
    {
        if (_secrets.Remove(name, out var old)) CryptographicOperations.ZeroMemory(old);
        if (value is null) return;
        var kept = GC.AllocateArray<byte>(value.Length, pinned: true);
        value.CopyTo(kept, 0);
        _secrets[name] = kept;
    }

    /// <summary>The same secrets, to change while these stay.</summary>
    public SecretDictionary Copy()
    {
        var copy = new SecretDictionary();
        foreach (var (name, value) in _secrets) copy.Put(name, value);
        return copy;
    }

    /// <summary>Refuses what could not be read back.</summary>
    public static void Require(string name, byte[]? value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (System.Text.Encoding.UTF8.GetByteCount(name) > MaxNameBytes) throw new ArgumentException($"A name has at most {MaxNameBytes} bytes.", nameof(name));
        if (value is { Length: > VaultFile.MaxBytes / 4 }) throw new ArgumentException("A secret has at most 4 MiB.", nameof(value));
    }

    /// <summary>The bytes; the caller wipes them.</summary>
    public byte[] Encode()
    {
        var size = _secrets.Sum(secret => secret.Value.Length + (3 * secret.Key.Length) + 18) + 9;
        var bytes = GC.AllocateArray<byte>((size + Grain - 1) / Grain * Grain, pinned: true);
        var writer = new CompactWriter(bytes);
        writer.WriteUInt((ulong)_secrets.Count);
        foreach (var (name, value) in _secrets)
        {
            writer.WriteString(name);
            writer.WriteBuffer(value);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SecretDictionary? secrets)
    {
        secrets = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var count) || count > MaxSecrets) return false;
        var read = new SecretDictionary();
        for (var i = 0; i < (int)count; i++)
        {
            if (!reader.TryReadBuffer(MaxNameBytes, out var name) || name.IsEmpty || !reader.TryReadBuffer(VaultFile.MaxBytes, out var value)) return read.Refuse();
            read.Put(System.Text.Encoding.UTF8.GetString(name), value.ToArray());
        }

        secrets = read;
        return true;
    }

    /// <summary>Wipes all.</summary>
    public void Wipe()
    {
        foreach (var value in _secrets.Values) CryptographicOperations.ZeroMemory(value);
        _secrets.Clear();
    }

    private bool Refuse()
    {
        Wipe();
        return false;
    }
}
