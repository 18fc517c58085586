using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>Domain-separating hashes: <c>H(H(name) || byte)</c>. Source: data.md §1.3.</summary>
public static class Namespaces
{
    /// <summary>The namespace of <paramref name="name"/> with the given number.</summary>
    public static Bytes32 Derive(string name, byte number) =>
        Blake2b.HashParts(Blake2b.Hash(System.Text.Encoding.UTF8.GetBytes(name)).AsSpan(), [number]);

    /// <summary>The namespaces of <paramref name="name"/> numbered from zero.</summary>
    public static Bytes32[] DeriveMany(string name, int count)
    {
        var all = new Bytes32[count];
        for (var i = 0; i < count; i++) all[i] = Derive(name, (byte)i);
        return all;
    }
}
