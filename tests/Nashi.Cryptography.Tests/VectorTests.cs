using System.Text.Json;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Cryptography.Tests;

/// <summary>Every primitive against bytes that the reference printed.</summary>
public sealed class VectorTests
{
    private static readonly JsonElement All = Vectors.Load("cryptography");

    [Fact]
    public void Hash_ReferenceInputs_SameHashes()
    {
        foreach (var vector in All.GetProperty("blake2b").EnumerateArray().Concat(All.GetProperty("blake2bKeyed").EnumerateArray()))
        {
            var output = new byte[vector.GetProperty("size").GetInt32()];
            Blake2b.Hash(vector.Bytes("input"), vector.TryGetProperty("key", out var key) ? key.Bytes() : [], output);
            Assert.Equal(vector.Bytes("hash"), output);
        }
    }

    [Fact]
    public void Derive_ReferenceNamespaces_SameHashes()
    {
        foreach (var vector in All.GetProperty("namespaces").EnumerateArray())
        {
            var hashes = vector.GetProperty("hashes").EnumerateArray().Select(hash => new Bytes32(hash.Bytes())).ToArray();
            Assert.Equal(hashes, Namespaces.DeriveMany(vector.GetProperty("name").GetString()!, hashes.Length));
        }
    }

    [Fact]
    public void ToDiscoveryKey_ReferenceKeys_SameDiscoveryKeys()
    {
        foreach (var vector in All.GetProperty("discoveryKeys").EnumerateArray())
        {
            Assert.Equal(new DiscoveryKey(vector.Bytes("discoveryKey")), new CoreKey(vector.Bytes("key")).ToDiscoveryKey());
        }
    }

    [Fact]
    public void Sign_ReferenceSeeds_SameKeysAndSignatures()
    {
        foreach (var vector in All.GetProperty("signatures").EnumerateArray())
        {
            using var pair = KeyPair.FromSeed(vector.Bytes("seed"));
            var signature = new byte[Ed25519.SignatureSize];
            pair.Sign(vector.Bytes("message"), signature);
            Assert.Equal(new PublicKey(vector.Bytes("publicKey")), pair.PublicKey);
            Assert.Equal(vector.Bytes("secretKey"), pair.SecretKey.ToArray());
            Assert.Equal(vector.Bytes("signature"), signature);
            Assert.True(Ed25519.Verify(vector.Bytes("message"), signature, pair.PublicKey));
        }
    }

    [Fact]
    public void TryScalarMultiply_ReferencePairs_SameSharedPoints()
    {
        Span<byte> scalar = stackalloc byte[32];
        Span<byte> shared = stackalloc byte[32];
        foreach (var vector in All.GetProperty("dh").EnumerateArray())
        {
            Ed25519.DeriveScalar(vector.Bytes("localSeed"), scalar);
            Assert.True(Ed25519.TryScalarMultiply(scalar, new PublicKey(vector.Bytes("remotePublicKey")), shared));
            Assert.Equal(vector.Bytes("shared"), shared.ToArray());
        }
    }

    [Fact]
    public void TryScalarMultiply_PointsTheReferenceRefuses_Refused()
    {
        Span<byte> scalar = stackalloc byte[32];
        Span<byte> shared = stackalloc byte[32];
        Ed25519.DeriveScalar(new byte[32], scalar);
        foreach (var vector in All.GetProperty("badPoints").EnumerateArray())
        {
            Assert.Equal(JsonValueKind.Null, vector.GetProperty("shared").ValueKind);
            Assert.False(Ed25519.TryScalarMultiply(scalar, new PublicKey(vector.Bytes("point")), shared), vector.GetProperty("name").GetString());
        }
    }

    [Fact]
    public void Encrypt_ReferenceSecretBoxes_SameBytesAndOpen()
    {
        foreach (var vector in All.GetProperty("secretbox").EnumerateArray())
        {
            var message = vector.Bytes("message");
            var cipher = new byte[message.Length + SecretBox.Overhead];
            SecretBox.Encrypt(message, vector.Bytes("nonce"), vector.Bytes("key"), cipher);
            Assert.Equal(vector.Bytes("cipher"), cipher);
            var opened = new byte[message.Length];
            Assert.True(SecretBox.TryDecrypt(cipher, vector.Bytes("nonce"), vector.Bytes("key"), opened));
            Assert.Equal(message, opened);
        }
    }

    [Fact]
    public void XSalsa20Xor_ReferenceStream_SameBytes()
    {
        var vector = All.GetProperty("xsalsa20");
        var data = vector.Bytes("message");
        StreamCipher.XSalsa20Xor(data, vector.Bytes("nonce"), vector.Bytes("key"));
        Assert.Equal(vector.Bytes("cipher"), data);
    }

    [Fact]
    public void Encrypt_ReferenceChaCha20Poly1305_SameBytesAndOpen()
    {
        var vector = All.GetProperty("chacha20poly1305");
        var message = vector.Bytes("message");
        var cipher = new byte[message.Length + ChaCha20Poly1305Ietf.Overhead];
        ChaCha20Poly1305Ietf.Encrypt(message, vector.Bytes("data"), vector.Bytes("nonce"), vector.Bytes("key"), cipher);
        Assert.Equal(vector.Bytes("cipher"), cipher);
        var opened = new byte[message.Length];
        Assert.True(ChaCha20Poly1305Ietf.TryDecrypt(cipher, vector.Bytes("data"), vector.Bytes("nonce"), vector.Bytes("key"), opened));
        Assert.Equal(message, opened);
    }

    [Fact]
    public void TryDecrypt_ReferenceSecretStream_OpensInOrderOnly()
    {
        var vector = All.GetProperty("secretstream");
        var frames = vector.GetProperty("frames").EnumerateArray().ToArray();
        using var pull = new SecretStreamPull(vector.Bytes("key"), vector.Bytes("header"));
        foreach (var frame in frames) Assert.Equal(frame.Bytes("message"), Open(pull, frame.Bytes("cipher")));
        Assert.Null(Open(pull, frames[0].Bytes("cipher")));
    }

    [Fact]
    public void FromSeed_ReferenceEncryptionSeed_SameKeys()
    {
        var vector = All.GetProperty("encryptionKeyPair");
        using var pair = EncryptionKeyPair.FromSeed(vector.Bytes("seed"));
        Assert.Equal(vector.Bytes("publicKey"), pair.PublicKey.ToArray());
        Assert.Equal(vector.Bytes("secretKey"), pair.SecretKey.ToArray());
    }

    private static byte[]? Open(SecretStreamPull pull, byte[] cipher)
    {
        var message = new byte[cipher.Length - SecretStreamPush.Overhead];
        return pull.TryDecrypt(cipher, message) ? message : null;
    }
}
