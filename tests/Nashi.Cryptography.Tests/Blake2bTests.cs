using Nashi.Encoding;

namespace Nashi.Cryptography.Tests;

public sealed class Blake2bTests
{
    [Fact]
    public void Derive_HypercoreNamespace_EqualsReference() =>
        Assert.Equal("9fac70b50ca14efc4e91c833b204e75b8b5aad8b5881bfc0adb5ef38a3275b9c", Hex.Encode(Namespaces.Derive("hypercore", 0).AsSpan()));

    [Fact]
    public void ToDiscoveryKey_ZeroKey_EqualsReference() =>
        Assert.Equal("6b7ecf9ce456d56e5145ec4c5661e0c79ee47ddcc9c0504e90aa6fd60746365c", Hex.Encode(default(CoreKey).ToDiscoveryKey().Value.AsSpan()));

    [Fact]
    public void FromSeed_Ones_EqualsReference()
    {
        using var pair = KeyPair.FromSeed(Enumerable.Repeat((byte)1, 32).ToArray());
        Assert.Equal("8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c", Hex.Encode(pair.PublicKey.Value.AsSpan()));
    }
}
