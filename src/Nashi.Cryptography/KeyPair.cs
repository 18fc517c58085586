using System.Security.Cryptography;
using Nashi.Cryptography.Interop;
using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>An Ed25519 key pair. The secret key is wiped on dispose and never shown.</summary>
public sealed unsafe class KeyPair : IDisposable
{
    /// <summary>Length of a seed in bytes.</summary>
    public const int SeedSize = 32;

    /// <summary>Length of a secret key in bytes: seed, then public key.</summary>
    public const int SecretKeySize = 64;

    // Pinned so that the collector leaves no copies behind when it compacts.
    private readonly byte[] _secretKey = GC.AllocateArray<byte>(SecretKeySize, pinned: true);

    private KeyPair(PublicKey publicKey) => PublicKey = publicKey;

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The secret half: 32 bytes of seed, then the public key. Only for signing, key agreement and storing.</summary>
    public ReadOnlySpan<byte> SecretKey => _secretKey;

    /// <summary>The 32-byte seed the pair is derived from.</summary>
    public ReadOnlySpan<byte> Seed => _secretKey.AsSpan(0, SeedSize);

    /// <summary>Makes a new random pair.</summary>
    public static KeyPair Generate(IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> seed = stackalloc byte[SeedSize];
        random.Fill(seed);
        var pair = FromSeed(seed);
        CryptographicOperations.ZeroMemory(seed);
        return pair;
    }

    /// <summary>Derives the pair of a 32-byte seed.</summary>
    public static KeyPair FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize) throw new ArgumentException($"A seed has {SeedSize} bytes.", nameof(seed));
        Span<byte> publicKey = stackalloc byte[Bytes32.Size];
        Span<byte> secretKey = stackalloc byte[SecretKeySize];
        fixed (byte* p = publicKey, s = secretKey, d = seed)
        {
            _ = Sodium.crypto_sign_ed25519_seed_keypair(p, s, d);
        }

        var pair = new KeyPair(new PublicKey(publicKey));
        secretKey.CopyTo(pair._secretKey);
        CryptographicOperations.ZeroMemory(secretKey);
        return pair;
    }

    /// <summary>Restores a pair from its 64-byte secret key.</summary>
    /// <exception cref="CryptographicException">The public half does not belong to the seed.</exception>
    public static KeyPair FromSecretKey(ReadOnlySpan<byte> secretKey)
    {
        if (secretKey.Length != SecretKeySize) throw new ArgumentException($"A secret key has {SecretKeySize} bytes.", nameof(secretKey));
        var pair = FromSeed(secretKey[..SeedSize]);
        if (pair.SecretKey.SequenceEqual(secretKey)) return pair;
        pair.Dispose();
        throw new CryptographicException("The public key in this secret key does not belong to its seed.");
    }

    /// <summary>Signs <paramref name="message"/> into 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Ed25519.Sign(message, _secretKey, signature);

    /// <summary>Wipes the secret key.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_secretKey);

    /// <summary>The public key in z-base-32; never the secret.</summary>
    public override string ToString() => PublicKey.ToString();
}
