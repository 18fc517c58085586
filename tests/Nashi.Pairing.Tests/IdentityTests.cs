using Nashi.Cryptography;
using Nashi.Testing;

namespace Nashi.Pairing.Tests;

/// <summary>Proofs that prove nothing are told from those that do.</summary>
public sealed class IdentityTests
{
    private readonly SeededRandom _random = new(5);
    private readonly VirtualClock _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

    [Fact]
    public void Verify_EveryFlippedBit_IsRefused()
    {
        using var identity = IdentityKey.FromMnemonic(Mnemonic.Generate(_random));
        using var phone = KeyPair.Generate(_random);
        using var laptop = KeyPair.Generate(_random);
        var data = "hello"u8.ToArray();
        var bytes = identity.Bootstrap(phone.PublicKey, _clock).Attest(laptop.PublicKey, phone).AttestData(data, laptop).Encode();
        Assert.True(IsValid(bytes, data));
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = (byte[])bytes.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            // Unknown flags are for later versions to use; all that is proved is signed.
            if (bit / 8 != bytes.Length - 65 || bit % 8 == 0) Assert.False(IsValid(flipped, data), $"bit {bit}");
        }

        Assert.False(IsValid(bytes, "hullo"u8.ToArray()));
    }

    [Fact]
    public void Verify_RequirementsNotMet_IsRefused()
    {
        using var identity = IdentityKey.FromMnemonic(Mnemonic.Generate(_random));
        using var phone = KeyPair.Generate(_random);
        var old = identity.Bootstrap(phone.PublicKey, _clock);
        _clock.Advance(TimeSpan.FromSeconds(1));
        var renewed = identity.Bootstrap(phone.PublicKey, _clock);

        Assert.True(renewed.TryVerify(new ProofRequirements { Identity = identity.PublicKey, Device = phone.PublicKey, NotBefore = old.Epoch }, out var verified));
        Assert.False(old.TryVerify(new ProofRequirements { NotBefore = verified.Epoch }, out _));
        Assert.False(renewed.TryVerify(new ProofRequirements { Identity = phone.PublicKey }, out _));
        Assert.False(renewed.TryVerify(new ProofRequirements { Device = identity.PublicKey }, out _));
        Assert.False(renewed.TryVerifyData(default, ProofRequirements.None, out _));
    }

    [Fact]
    public void Attest_NotTheLastDevice_Throws()
    {
        using var identity = IdentityKey.FromMnemonic(Mnemonic.Generate(_random));
        using var phone = KeyPair.Generate(_random);
        using var stranger = KeyPair.Generate(_random);
        Assert.Throws<ArgumentException>(() => identity.Bootstrap(phone.PublicKey, _clock).Attest(stranger.PublicKey, stranger));
    }

    [Theory]
    [InlineData("", "12")]
    [InlineData("abandon abandon abandon", "not 3")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", "do not belong together")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon nashi", "word 12")]
    public void Mnemonic_Wrong_SaysWhyWithoutTheWords(string phrase, string expected)
    {
        Assert.False(Mnemonic.IsValid(phrase, out var why));
        Assert.Contains(expected, why, StringComparison.Ordinal);
        Assert.DoesNotContain("abandon", why, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Mnemonic.ToSeed(phrase));
    }

    [Fact]
    public void Mnemonic_OtherCaseAndSpaces_IsTheSameIdentity()
    {
        var phrase = Mnemonic.Generate(_random);
        using var one = IdentityKey.FromMnemonic(phrase);
        using var two = IdentityKey.FromMnemonic("  " + phrase.ToUpperInvariant().Replace(" ", " \n ", StringComparison.Ordinal));
        Assert.Equal(one.PublicKey, two.PublicKey);
    }

    [Theory]
    [InlineData(16)]
    [InlineData(20)]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void Mnemonic_EachSize_IsValid(int size)
    {
        for (var i = 0; i < 50; i++)
        {
            var entropy = new byte[size];
            _random.Fill(entropy);
            var phrase = Mnemonic.FromEntropy(entropy);
            Assert.Equal(size * 3 / 4, phrase.Split(' ').Length);
            Assert.True(Mnemonic.IsValid(phrase, out var why), why);
        }
    }

    private static bool IsValid(byte[] bytes, byte[] data) =>
        IdentityProof.TryDecode(bytes, out var proof) && proof.TryVerifyData(data, ProofRequirements.None, out _);
}
