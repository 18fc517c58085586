using CsCheck;
using Nashi.Encoding;

namespace Nashi.Deploy.Tests;

public sealed class PearLinkTests
{
    private static readonly string Key = new CoreKey(Enumerable.Repeat((byte)7, 32).ToArray()).ToString();
    private static readonly string Hash = new Digest(Enumerable.Repeat((byte)9, 32).ToArray()).ToString();

    [Fact]
    public void Parse_EachForm_RoundTrips()
    {
        foreach (var text in new[] { $"pear://{Key}", $"pear://{Key}/a/b.txt", $"pear://0.5.{Key}", $"pear://2.7.{Key}.{Hash}", $"pear://2.7.{Key}.{Hash}/x" })
        {
            Assert.Equal(text, PearLink.Parse(text).ToString());
        }
    }

    [Fact]
    public void Parse_Hashlink_HasEveryPart()
    {
        var link = PearLink.Parse($"'pear://2.7.{Key}.{Hash}/dir/file?query#fragment'");
        Assert.Equal((2UL, 7UL, "/dir/file"), (link.Fork!.Value, link.Length!.Value, link.Path));
        Assert.Equal(Hash, link.TreeHash!.Value.ToString());
        Assert.Equal($"pear://{Key}", link.Origin);
    }

    [Fact]
    public void Parse_HexKey_WritesZBase32() =>
        Assert.Equal($"pear://{Key}", PearLink.Parse("pear://" + new string('0', 0) + string.Concat(Enumerable.Repeat("07", 32))).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("http://example.org")]
    [InlineData("pear://")]
    [InlineData("pear://keet")]
    [InlineData("pear://1.{0}")]
    [InlineData("pear://1.2.{0}.{0}.x")]
    [InlineData("pear://-1.2.{0}")]
    [InlineData("pear://1.99999999999999999999.{0}")]
    [InlineData("pear://1.9007199254740992.{0}")]
    [InlineData("pear://{0}/a\u0001b")]
    public void Parse_NotALink_SaysWhy(string text)
    {
        var error = Assert.Throws<InvalidLinkException>(() => PearLink.Parse(text.Replace("{0}", Key, StringComparison.Ordinal)));
        Assert.Equal("ERR_INVALID_LINK", error.Code);
        Assert.DoesNotContain('\u0001', error.Message);
    }

    [Fact]
    public void TryParse_RandomText_NeverThrows() =>
        Gen.String[0, 200].Sample(text => { _ = PearLink.TryParse("pear://" + text, out _, out _); });
}
