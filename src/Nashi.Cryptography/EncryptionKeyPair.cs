using System.Security.Cryptography;
using Nashi.Cryptography.Interop;
using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>An X25519 key pair for sealed boxes. The secret key is wiped on dispose and never shown.</summary>
public sealed unsafe class EncryptionKeyPair : IDisposable
{
    /// <summary>Bytes a sealed box adds to its message.</summary>
    public const int SealOverhead = 48;

    private readonly byte[] _secretKey = GC.AllocateArray<byte>(32, pinned: true);

    private EncryptionKeyPair(Bytes32 publicKey) => PublicKey = publicKey;

    /// <summary>The public half: whom to seal a message to.</summary>
    public Bytes32 PublicKey { get; }

    /// <summary>The secret half.</summary>
    public ReadOnlySpan<byte> SecretKey => _secretKey;

    /// <summary>Derives the pair of a 32-byte seed (crypto_box_seed_keypair).</summary>
    public static EncryptionKeyPair FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != 32) throw new ArgumentException("A seed has 32 bytes.", nameof(seed));
        Span<byte> publicKey = stackalloc byte[32];
        Span<byte> secretKey = stackalloc byte[32];
        fixed (byte* p = publicKey, s = secretKey, d = seed) _ = Sodium.crypto_box_seed_keypair(p, s, d);
        var pair = new EncryptionKeyPair(new Bytes32(publicKey));
        secretKey.CopyTo(pair._secretKey);
        CryptographicOperations.ZeroMemory(secretKey);
        return pair;
    }

    /// <summary>Seals a message that only the owner of <paramref name="publicKey"/> can open, without saying who sealed it.</summary>
    public static void Seal(ReadOnlySpan<byte> message, in Bytes32 publicKey, Span<byte> cipher)
    {
        if (cipher.Length != message.Length + SealOverhead) throw new ArgumentException("The output must be 48 bytes longer.", nameof(cipher));
        fixed (byte* m = message, p = publicKey.AsSpan(), c = cipher)
        {
            if (Sodium.crypto_box_seal(c, m, (ulong)message.Length, p) != 0) throw new CryptographicException("The public key is not a valid X25519 key.");
        }
    }

    /// <summary>Opens a sealed box; false when it is too short, for somebody else, or not authentic.</summary>
    public bool TryOpen(ReadOnlySpan<byte> cipher, Span<byte> message)
    {
        if (cipher.Length < SealOverhead) return false;
        if (message.Length != cipher.Length - SealOverhead) throw new ArgumentException("The output must be 48 bytes shorter.", nameof(message));
        var key = PublicKey;
        byte spare;
        fixed (byte* m = message, c = cipher, p = key.AsSpan(), s = _secretKey)
        {
            return Sodium.crypto_box_seal_open(m == null ? &spare : m, c, (ulong)cipher.Length, p, s) == 0;
        }
    }

    /// <summary>Wipes the secret key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secretKey);

    /// <summary>The public key in z-base-32; never the secret.</summary>
    public override string ToString() => PublicKey.ToString();
}
