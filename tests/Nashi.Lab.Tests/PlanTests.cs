using Nashi.Laboratory;
using Nashi.Laboratory.Checks;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Links;
using Nashi.Laboratory.Reports;
using Nashi.Laboratory.Topology;

namespace Nashi.Lab.Tests;

/// <summary>What the laboratory decides without a network.</summary>
public sealed class PlanTests
{
    [Fact]
    public void Matrix_OfTenKinds_HasSeventySevenPossiblePairs()
    {
        var pairs = from server in SiteKind.Matrix from client in SiteKind.Matrix select PairClass.Of(server, client);
        Assert.Equal(77, pairs.Count(one => one.IsPossible));
    }

    [Theory]
    [InlineData("linux/sym", Dependence.AddressAndPort, Dependence.AddressAndPort, false)]
    [InlineData("linux/fullcone", Dependence.Nothing, Dependence.AddressAndPort, false)]
    [InlineData("linux", Dependence.Nothing, Dependence.AddressAndPort, true)]
    internal void NatProfile_OfTwoRouters_IsTheStricterOfBoth(string kind, Dependence mapping, Dependence filtering, bool keepsPort)
    {
        Assert.Equal(new NatProfile(mapping, filtering, keepsPort, false), NatProfile.Of(SiteKind.Parse(kind)));
    }

    [Theory]
    [InlineData("a/b/c")]
    [InlineData("port/open")]
    [InlineData("linux+loud")]
    [InlineData("")]
    public void SiteKind_Nonsense_IsRefused(string name) => Assert.Throws<LabException>(() => SiteKind.Parse(name));

    [Fact]
    public void LabOptions_All_ChoosesEveryCaseInOrder()
    {
        var options = LabOptions.Parse(["all", "--runs=3", "--pairs", "ours-js", "--sites=port:sym"]);
        Assert.Equal(LabOptions.Cases, options.Chosen);
        Assert.Equal(3, options.Runs);
        Assert.Equal(["ours-js"], options.Pairings.Select(pairing => pairing.ToString()));
        Assert.True(options.Wants(SiteKind.Parse("port"), SiteKind.Parse("sym")));
        Assert.False(options.Wants(SiteKind.Parse("sym"), SiteKind.Parse("port")));
    }

    [Theory]
    [InlineData("--no-such")]
    [InlineData("no-such")]
    [InlineData("--runs=0")]
    [InlineData("--pairs=ours")]
    public void LabOptions_Nonsense_IsRefused(string word) => Assert.Throws<LabException>(() => LabOptions.Parse([word]));

    [Fact]
    public void Numbers_Shares_AreNearestRanks()
    {
        var numbers = new Numbers(Enumerable.Range(1, 100).Select(number => (double)number));
        Assert.Equal([50, 90, 99, 100, 1], [numbers.Median, numbers.At(0.9), numbers.At(0.99), numbers.At(1), numbers.At(0)]);
    }

    [Fact]
    public void Dice_SameSeed_FallTheSameAndFairly()
    {
        var (one, other) = (new Dice(7), new Dice(7));
        var hits = 0;
        for (var roll = 0; roll < 100_000; roll++)
        {
            var hit = one.Hit(0.3);
            Assert.Equal(hit, other.Hit(0.3));
            if (hit) hits++;
        }

        Assert.InRange(hits, 29_000, 31_000);
    }
}
