using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.TcpRelay.Tests;

public sealed class LinkTests
{
    private static readonly PublicKey Key = KeyPair.FromSeed(new byte[32]).PublicKey;

    [Theory]
    [InlineData("relay.example.org", 443)]
    [InlineData("20.1.2.3", 8443)]
    [InlineData("2a01:4f8::1", 443)]
    public void ToLink_ParsedAgain_IsTheSame(string host, int port)
    {
        var link = new TcpRelayLink(Key, host, port) { Secret = new Bytes32(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray()) };
        Assert.Equal(link, TcpRelayLink.Parse(link.ToLink()));
        Assert.Equal(link with { Secret = null }, TcpRelayLink.Parse(link.ToString()));
        Assert.DoesNotContain("secret", link.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://relay.example.org")]
    [InlineData("nashi-relay://")]
    [InlineData("nashi-relay://KEY@")]
    [InlineData("nashi-relay://KEY@host")]
    [InlineData("nashi-relay://KEY@host:0")]
    [InlineData("nashi-relay://KEY@host:65536")]
    [InlineData("nashi-relay://KEY@:443")]
    [InlineData("nashi-relay://KEY@a b:443")]
    [InlineData("nashi-relay://KEY@::1:443")]
    [InlineData("nashi-relay://KEY@host:443?secret=")]
    [InlineData("nashi-relay://KEY@host:443?secret=abc")]
    [InlineData("nashi-relay://abc@host:443")]
    public void TryParse_NoLink_IsRefused(string text) => Assert.False(TcpRelayLink.TryParse(text.Replace("KEY", Key.ToString(), StringComparison.Ordinal), out _));
}
