using Nashi.Cryptography.Interop;

namespace Nashi.Cryptography;

/// <summary>Derives numbered subkeys of one master key (crypto_kdf, BLAKE2b). Thread-safe: stateless.</summary>
public static unsafe class KeyDerivation
{
    /// <summary>Length of a context: what the subkeys are for.</summary>
    public const int ContextSize = 8;

    /// <summary>Length of a master key.</summary>
    public const int KeySize = 32;

    /// <summary>Derives subkey number <paramref name="id"/>, of 16 to 64 bytes.</summary>
    public static void Derive(ReadOnlySpan<byte> masterKey, ReadOnlySpan<byte> context, ulong id, Span<byte> subkey)
    {
        if (masterKey.Length != KeySize) throw new ArgumentException($"A master key has {KeySize} bytes.", nameof(masterKey));
        if (context.Length != ContextSize) throw new ArgumentException($"A context has {ContextSize} bytes.", nameof(context));
        if (subkey.Length is < 16 or > 64) throw new ArgumentException("A subkey has 16 to 64 bytes.", nameof(subkey));
        fixed (byte* m = masterKey, c = context, s = subkey)
        {
            _ = Sodium.crypto_kdf_blake2b_derive_from_key(s, (nuint)subkey.Length, id, c, m);
        }
    }
}
