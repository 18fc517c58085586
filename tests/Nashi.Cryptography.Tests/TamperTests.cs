using CsCheck;
using Nashi.Cryptography.Interop;
using Nashi.Encoding;

namespace Nashi.Cryptography.Tests;

/// <summary>What was changed, cut or meant for somebody else is refused.</summary>
public sealed class TamperTests
{
    private static readonly Gen<byte[]> Data = Gen.Byte.Array[0, 100];

    [Fact]
    public void SecretStream_RoundTrip_ThenAnyFlippedBit_Refused() => Gen.Select(Data, Gen.Int[0, 1 << 20]).Sample((message, where) =>
    {
        var (cipher, header, key) = Push(message);
        var opened = new byte[message.Length];
        using (var good = new SecretStreamPull(key, header)) Assert.True(good.TryDecrypt(cipher, opened));
        Assert.Equal(message, opened);
        cipher[where % cipher.Length] ^= (byte)(1 << (where % 8));
        using var bad = new SecretStreamPull(key, header);
        return !bad.TryDecrypt(cipher, opened);
    });

    [Fact]
    public void SecretStream_EveryTruncation_Refused()
    {
        var (cipher, header, key) = Push([1, 2, 3, 4]);
        for (var length = 0; length < cipher.Length; length++)
        {
            using var pull = new SecretStreamPull(key, header);
            Assert.False(pull.TryDecrypt(cipher.AsSpan(0, length), new byte[Math.Max(0, length - SecretStreamPush.Overhead)]));
        }
    }

    [Fact]
    public void SecretStream_EncryptInPlace_SameAsApart()
    {
        var key = new byte[32];
        Span<byte> header = stackalloc byte[24];
        using var push = new SecretStreamPush(key, header);
        var buffer = new byte[50 + SecretStreamPush.Overhead];
        buffer.AsSpan(1, 50).Fill(7);
        push.Encrypt(buffer.AsSpan(1, 50), buffer);
        using var pull = new SecretStreamPull(key, header);
        Assert.True(pull.TryDecrypt(buffer, buffer.AsSpan(1, 50)));
        Assert.Equal(Enumerable.Repeat((byte)7, 50), buffer[1..51]);
    }

    [Fact]
    public void Sealed_ForAnother_Refused()
    {
        using var mine = EncryptionKeyPair.FromSeed(new byte[32]);
        using var other = EncryptionKeyPair.FromSeed(Enumerable.Repeat((byte)1, 32).ToArray());
        var cipher = new byte[5 + EncryptionKeyPair.SealOverhead];
        EncryptionKeyPair.Seal("hello"u8, mine.PublicKey, cipher);
        var opened = new byte[5];
        Assert.True(mine.TryOpen(cipher, opened));
        Assert.Equal("hello"u8.ToArray(), opened);
        Assert.False(other.TryOpen(cipher, opened));
    }

    [Fact]
    public void Verify_AnyFlippedBit_Refused() => Gen.Select(Gen.Byte.Array[1, 60], Gen.Int[0, 1 << 20]).Sample(
        (message, where) =>
        {
            using var pair = KeyPair.FromSeed(new byte[32]);
            var signature = new byte[64];
            pair.Sign(message, signature);
            message[where % message.Length] ^= 1;
            Assert.False(Ed25519.Verify(message, signature, pair.PublicKey));
            message[where % message.Length] ^= 1;
            signature[where % 64] ^= 2;
            return !Ed25519.Verify(message, signature, pair.PublicKey);
        },
        iter: 50);

    [Fact]
    public void TryScalarMultiply_PointWithTorsion_Refused()
    {
        using var pair = KeyPair.FromSeed(new byte[32]);
        var order8 = Convert.FromHexString("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
        var mixed = Add(pair.PublicKey, order8);
        Span<byte> scalar = stackalloc byte[32];
        Ed25519.DeriveScalar(pair.Seed, scalar);
        Assert.True(Ed25519.TryScalarMultiply(scalar, pair.PublicKey, stackalloc byte[32]));
        Assert.False(Ed25519.TryScalarMultiply(scalar, mixed, stackalloc byte[32]));
        Assert.False(Ed25519.IsValidPoint(mixed));
    }

    [Fact]
    public void Dispose_KeyPair_WipesTheSecret()
    {
        var pair = KeyPair.FromSeed(Enumerable.Repeat((byte)9, 32).ToArray());
        pair.Dispose();
        Assert.True(pair.SecretKey.IndexOfAnyExcept((byte)0) < 0);
    }

    [Fact]
    public void ToString_KeyPair_NeverShowsTheSecret()
    {
        using var pair = KeyPair.FromSeed(Enumerable.Repeat((byte)9, 32).ToArray());
        Assert.Equal(pair.PublicKey.ToString(), pair.ToString());
    }

    private static unsafe PublicKey Add(PublicKey point, byte[] other)
    {
        var sum = new byte[32];
        fixed (byte* a = point.ToArray(), b = other, s = sum) Assert.Equal(0, Sodium.crypto_core_ed25519_add(s, a, b));
        return new PublicKey(sum);
    }

    private static (byte[] Cipher, byte[] Header, byte[] Key) Push(byte[] message)
    {
        var (key, header) = (new byte[32], new byte[24]);
        using var push = new SecretStreamPush(key, header);
        var cipher = new byte[message.Length + SecretStreamPush.Overhead];
        push.Encrypt(message, cipher);
        return (cipher, header, key);
    }
}
