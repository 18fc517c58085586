using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A person's identity: keys derived from twelve words, the same on every device that is given the words.</summary>
/// <remarks>
/// Devices do not need it in daily use: it vouches for a device's own key once (<see cref="Bootstrap"/>), and can be put away. The seed is wiped on dispose and never shown.
/// Source: data.md §10.4.
/// </remarks>
public sealed class IdentityKey : IDisposable
{
    private static readonly Bytes32 ProfileDiscovery = Blake2b.Hash("profile discovery"u8);
    private readonly byte[] _seed;
    private readonly KeyPair _pair;

    private IdentityKey(ReadOnlySpan<byte> seed)
    {
        _seed = GC.AllocateArray<byte>(seed.Length, pinned: true);
        seed.CopyTo(_seed);
        _pair = KeyChain.DeriveKeyPair(seed, Path(0));
        ProfileDiscoveryKeyPair = KeyChain.DeriveKeyPair(seed, Path(1));
    }

    /// <summary>Who it is.</summary>
    public PublicKey PublicKey => _pair.PublicKey;

    /// <summary>The pair of the core in which an identity's profile is found.</summary>
    public KeyPair ProfileDiscoveryKeyPair { get; }

    /// <summary>From the words.</summary>
    /// <exception cref="ArgumentException">They are no phrase.</exception>
    public static IdentityKey FromMnemonic(string phrase)
    {
        var seed = Mnemonic.ToSeed(phrase);
        var identity = new IdentityKey(seed);
        CryptographicOperations.ZeroMemory(seed);
        return identity;
    }

    /// <summary>From a seed, 64 bytes when it comes from words.</summary>
    public static IdentityKey FromSeed(ReadOnlySpan<byte> seed) => new(seed);

    /// <summary>Vouches for a first device: its proof goes with everything it signs.</summary>
    public IdentityProof Bootstrap(PublicKey device, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new IdentityProof { Epoch = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()), Identity = PublicKey }.Attest(device, _pair);
    }

    /// <summary>Signs data as the identity itself.</summary>
    public IdentityProof AttestData(ReadOnlySpan<byte> data, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return new IdentityProof { Epoch = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds()), Identity = PublicKey }.AttestData(data, _pair);
    }

    /// <summary>The key the profile's core is encrypted with.</summary>
    public Bytes32 GetProfileDiscoveryEncryptionKey() => GetEncryptionKey(ProfileDiscovery);

    /// <summary>The encryption key that belongs to a profile's key.</summary>
    public Bytes32 GetEncryptionKey(in Bytes32 profileKey)
    {
        Span<byte> key = stackalloc byte[Bytes32.Size];
        KeyChain.DeriveKey(_seed, ["SLIP-0021", "keet-identity-key", Convert.ToHexStringLower(profileKey.AsSpan()), "encryption key"], key);
        var result = new Bytes32(key);
        CryptographicOperations.ZeroMemory(key);
        return result;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        _pair.Dispose();
        ProfileDiscoveryKeyPair.Dispose();
    }

    /// <summary>The public key; never the secret.</summary>
    public override string ToString() => PublicKey.ToString();

    // SLIP-48: purpose, network (Keet's), role, account, index.
    private static uint[] Path(uint index) => [48, 5338, 0, 0, index];
}
