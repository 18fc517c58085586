using System.Security.Cryptography;
using Nashi.Cryptography.Interop;
using Nashi.Encoding;

namespace Nashi.Cryptography;

/// <summary>Ed25519 signatures and group operations with libsodium's strict checks. Thread-safe: stateless.</summary>
public static unsafe class Ed25519
{
    /// <summary>Length of a signature in bytes.</summary>
    public const int SignatureSize = 64;

    /// <summary>Signs <paramref name="message"/> with a 64-byte secret key.</summary>
    public static void Sign(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secretKey, Span<byte> signature)
    {
        RequireLength(secretKey.Length, KeyPair.SecretKeySize, nameof(secretKey));
        RequireLength(signature.Length, SignatureSize, nameof(signature));
        fixed (byte* m = message, k = secretKey, s = signature)
        {
            _ = Sodium.crypto_sign_ed25519_detached(s, null, m, (ulong)message.Length, k);
        }
    }

    /// <summary>Whether <paramref name="signature"/> is a valid signature of <paramref name="message"/>; false for any malformed input.</summary>
    public static bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, in PublicKey publicKey)
    {
        if (signature.Length != SignatureSize) return false;
        var key = publicKey.Value;
        fixed (byte* m = message, s = signature, k = key.AsSpan())
        {
            return Sodium.crypto_sign_ed25519_verify_detached(s, m, (ulong)message.Length, k) == 0;
        }
    }

    /// <summary>Multiplies a point by a scalar as given, without clamping.</summary>
    /// <returns>
    /// False for the identity, small-order points, non-canonical encodings, points off the curve and points with a torsion component: the reference
    /// refuses the same set. Spec: network.md §0.3.
    /// </returns>
    public static bool TryScalarMultiply(ReadOnlySpan<byte> scalar, in PublicKey point, Span<byte> result)
    {
        RequireLength(scalar.Length, 32, nameof(scalar));
        RequireLength(result.Length, 32, nameof(result));
        var key = point.Value;
        fixed (byte* s = scalar, p = key.AsSpan(), r = result)
        {
            return Sodium.crypto_scalarmult_ed25519_noclamp(r, s, p) == 0;
        }
    }

    /// <summary>Multiplies the base point by a scalar as given, without clamping; false for a zero scalar.</summary>
    public static bool TryScalarMultiplyBase(ReadOnlySpan<byte> scalar, Span<byte> result)
    {
        RequireLength(scalar.Length, 32, nameof(scalar));
        RequireLength(result.Length, 32, nameof(result));
        fixed (byte* s = scalar, r = result)
        {
            return Sodium.crypto_scalarmult_ed25519_base_noclamp(r, s) == 0;
        }
    }

    /// <summary>Whether the point is canonical, on the main subgroup and not of small order.</summary>
    public static bool IsValidPoint(in PublicKey point)
    {
        var key = point.Value;
        fixed (byte* p = key.AsSpan()) return Sodium.crypto_core_ed25519_is_valid_point(p) == 1;
    }

    /// <summary>The private scalar of a seed: the first half of SHA-512, clamped. Secret: wipe it after use.</summary>
    public static void DeriveScalar(ReadOnlySpan<byte> seed, Span<byte> scalar)
    {
        RequireLength(seed.Length, KeyPair.SeedSize, nameof(seed));
        RequireLength(scalar.Length, 32, nameof(scalar));
        Span<byte> hash = stackalloc byte[64];
        SHA512.HashData(seed, hash);
        hash[..32].CopyTo(scalar);
        CryptographicOperations.ZeroMemory(hash);
        scalar[0] &= 248;
        scalar[31] &= 127;
        scalar[31] |= 64;
    }

    private static void RequireLength(int actual, int expected, string name)
    {
        if (actual != expected) throw new ArgumentException($"Expected {expected} bytes, got {actual}.", name);
    }
}
