using Nashi.Cryptography.Interop;
using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>BLAKE2b, unkeyed or keyed, with 16 to 64 bytes of output (RFC 7693). Thread-safe: stateless.</summary>
public static unsafe class Blake2b
{
    /// <summary>The longest output and key, in bytes.</summary>
    public const int MaxLength = 64;

    /// <summary>Hashes <paramref name="input"/> to 32 bytes.</summary>
    public static Bytes32 Hash(ReadOnlySpan<byte> input)
    {
        Bytes32 output = default;
        Hash(input, default, output);
        return output;
    }

    /// <summary>Hashes the concatenation of several inputs to 32 bytes.</summary>
    public static Bytes32 HashParts(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third = default)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size);
        hasher.Update(first);
        hasher.Update(second);
        hasher.Update(third);
        return hasher.Finish32();
    }

    /// <summary>Hashes <paramref name="input"/> to 32 bytes under a key of up to 64 bytes.</summary>
    public static Bytes32 HashKeyed(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input)
    {
        Bytes32 output = default;
        Hash(input, key, output);
        return output;
    }

    /// <summary>Hashes <paramref name="input"/> under <paramref name="key"/> (empty for none) to as many bytes as <paramref name="output"/> has.</summary>
    public static void Hash(ReadOnlySpan<byte> input, ReadOnlySpan<byte> key, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, MaxLength);
        if (output.Length is < 16 or > MaxLength) throw new ArgumentException("BLAKE2b gives 16 to 64 bytes.", nameof(output));
        fixed (byte* o = output, i = input, k = key)
        {
            _ = Sodium.crypto_generichash_blake2b(o, (nuint)output.Length, i, (ulong)input.Length, k, (nuint)key.Length);
        }
    }
}
