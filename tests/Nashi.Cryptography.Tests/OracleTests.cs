using CsCheck;
using Nashi.Encoding;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Nashi.Cryptography.Tests;

/// <summary>Every primitive against an independent implementation, on random input.</summary>
public sealed class OracleTests
{
    private static readonly Gen<byte[]> Data = Gen.Byte.Array[0, 300];
    private static readonly Gen<byte[]> Key = Gen.Byte.Array[32];

    [Fact]
    public void Blake2b_RandomInput_EqualsOracle() => Gen.Select(Data, Gen.Byte.Array[0, 64], Gen.Int[16, 64]).Sample((input, key, size) =>
    {
        var ours = new byte[size];
        Blake2b.Hash(input, key, ours);
        var oracle = new Blake2bDigest(key, size, null, null);
        oracle.BlockUpdate(input, 0, input.Length);
        var theirs = new byte[size];
        oracle.DoFinal(theirs, 0);
        return ours.AsSpan().SequenceEqual(theirs);
    });

    [Fact]
    public void Blake2bHasher_AnySplit_EqualsOneShot() => Gen.Select(Data, Gen.Int[0, 300]).Sample((input, at) =>
    {
        at = Math.Min(at, input.Length);
        using var hasher = new Blake2bHasher(32);
        hasher.Update(input.AsSpan(0, at));
        hasher.Update(input.AsSpan(at));
        return hasher.Finish32() == Blake2b.Hash(input);
    });

    [Fact]
    public void Ed25519_RandomSeed_EqualsOracle() => Gen.Select(Key, Data).Sample(
        (seed, message) =>
        {
            using var pair = KeyPair.FromSeed(seed);
            var ours = new byte[64];
            pair.Sign(message, ours);
            var signer = new Ed25519Signer();
            signer.Init(true, new Ed25519PrivateKeyParameters(seed, 0));
            signer.BlockUpdate(message, 0, message.Length);
            return signer.GenerateSignature().AsSpan().SequenceEqual(ours);
        },
        iter: 30);

    [Fact]
    public void ChaCha20Poly1305_RandomInput_EqualsOracle() => Gen.Select(Key, Gen.Byte.Array[12], Data, Data).Sample((key, nonce, data, message) =>
    {
        var ours = new byte[message.Length + 16];
        ChaCha20Poly1305Ietf.Encrypt(message, data, nonce, key, ours);
        var oracle = new ChaCha20Poly1305();
        oracle.Init(true, new AeadParameters(new KeyParameter(key), 128, nonce, data));
        var theirs = new byte[ours.Length];
        var written = oracle.ProcessBytes(message, 0, message.Length, theirs, 0);
        oracle.DoFinal(theirs, written);
        return ours.AsSpan().SequenceEqual(theirs);
    });

    [Fact]
    public void XSalsa20_RandomInput_EqualsOracle() => Gen.Select(Key, Gen.Byte.Array[24], Data).Sample((key, nonce, message) =>
    {
        var theirs = new byte[message.Length];
        var oracle = new XSalsa20Engine();
        oracle.Init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        oracle.ProcessBytes(message, 0, message.Length, theirs, 0);
        StreamCipher.XSalsa20Xor(message, nonce, key);
        return message.AsSpan().SequenceEqual(theirs);
    });

    [Fact]
    public void Argon2id_RandomPassword_EqualsOracle() => Gen.Select(Data, Gen.Byte.Array[16]).Sample(
        (password, salt) =>
        {
            var ours = new byte[32];
            Argon2id.Derive(password, salt, operations: 2, memory: 64 << 10, ours);
            var oracle = new Argon2BytesGenerator();
            oracle.Init(new Argon2Parameters.Builder(Argon2Parameters.Argon2id).WithVersion(Argon2Parameters.Version13)
                .WithSalt(salt).WithIterations(2).WithMemoryAsKB(64).WithParallelism(1).Build());
            var theirs = new byte[32];
            oracle.GenerateBytes(password, theirs);
            return ours.AsSpan().SequenceEqual(theirs);
        },
        iter: 10);

    [Fact]
    public void KeyDerivation_RandomKey_EqualsKeyedBlake2bWithSaltAndContext() => Gen.Select(Key, Gen.Byte.Array[8], Gen.ULong).Sample((key, context, id) =>
    {
        var ours = new byte[32];
        KeyDerivation.Derive(key, context, id, ours);
        var salt = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(salt, id);
        var personal = new byte[16];
        context.CopyTo(personal, 0);
        var oracle = new Blake2bDigest(key, 32, salt, personal);
        var theirs = new byte[32];
        oracle.DoFinal(theirs, 0);
        return ours.AsSpan().SequenceEqual(theirs);
    });
}
