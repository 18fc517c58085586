using System.Security.Cryptography;
using System.Text.Json;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Pairing.Tests;

/// <summary>Phrases, keys and proofs are the reference's, byte for byte.</summary>
public sealed class IdentityVectorTests
{
    private static readonly JsonElement Golden = Vectors.Load("pairing").GetProperty("identity");

    [Fact]
    public void Words_AreThePublishedList()
    {
        using var words = typeof(Mnemonic).Assembly.GetManifestResourceStream("bip39-english")!;
        Assert.Equal("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda", Convert.ToHexStringLower(SHA256.HashData(words)));
    }

    [Fact]
    public void Mnemonic_EachEntropy_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("phrases").EnumerateArray())
        {
            var phrase = Mnemonic.FromEntropy(golden.Bytes("entropy"));
            Assert.Equal(golden.GetProperty("phrase").GetString(), phrase);
            Assert.True(Mnemonic.IsValid(phrase, out _));
            Assert.Equal(golden.Bytes("seed"), Mnemonic.ToSeed(phrase));
        }
    }

    [Fact]
    public void IdentityKey_EachSeed_EqualsReference()
    {
        foreach (var golden in Golden.GetProperty("keys").EnumerateArray())
        {
            using var identity = IdentityKey.FromSeed(golden.Bytes("seed"));
            Assert.Equal(golden.Bytes("identity"), identity.PublicKey.Value.ToArray());
            Assert.Equal(golden.Bytes("profileDiscovery"), identity.ProfileDiscoveryKeyPair.PublicKey.Value.ToArray());
            Assert.Equal(golden.Bytes("profileDiscoveryEncryption"), identity.GetProfileDiscoveryEncryptionKey().ToArray());
            Assert.Equal(golden.Bytes("encryption"), identity.GetEncryptionKey(new Bytes32(golden.Bytes("profile"))).ToArray());
        }
    }

    [Fact]
    public void Proof_OfTwoDevices_EqualsReference()
    {
        var golden = Golden.GetProperty("proofs");
        var clock = new FixedTime(DateTimeOffset.FromUnixTimeMilliseconds(golden.GetProperty("epoch").GetInt64()));
        using var identity = IdentityKey.FromSeed(golden.Bytes("identitySeed"));
        using var first = KeyPair.FromSeed(golden.GetProperty("deviceSeeds")[0].Bytes());
        using var second = KeyPair.FromSeed(golden.GetProperty("deviceSeeds")[1].Bytes());

        var one = identity.Bootstrap(first.PublicKey, clock);
        var two = one.Attest(second.PublicKey, first);
        var signed = two.AttestData(golden.Bytes("data"), second);

        Assert.Equal(golden.Bytes("one"), one.Encode());
        Assert.Equal(golden.Bytes("two"), two.Encode());
        Assert.Equal(golden.Bytes("signed"), signed.Encode());
        Assert.True(IdentityProof.TryDecode(golden.Bytes("signed"), out var read));
        Assert.True(read.TryVerifyData(golden.Bytes("data"), new ProofRequirements { Identity = identity.PublicKey, Device = second.PublicKey }, out var verified));
        Assert.Equal(new VerifiedProof(identity.PublicKey, second.PublicKey, clock.GetUtcNow()), verified);
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
