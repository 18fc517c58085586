using System.Text.RegularExpressions;
using Nashi.TestKit;

namespace Nashi.Abuse.Tests;

/// <summary>docs/threats.md promises a test for each row: they exist.</summary>
public sealed partial class ThreatTableTests
{
    [Fact]
    public void ThreatTable_EachTestItNames_Exists()
    {
        var sources = string.Concat(Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("node_modules", StringComparison.Ordinal)).Select(File.ReadAllText));
        var table = File.ReadAllText(Repository.PathOf("docs", "threats.md"));
        var names = TestName().Matches(table).Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal).ToArray();
        Assert.True(names.Length > 50);
        Assert.DoesNotContain(names, name => !sources.Contains($" {name}(", StringComparison.Ordinal));
    }

    [Fact]
    public void ThreatTable_EachRow_NamesATest()
    {
        var lines = File.ReadAllLines(Repository.PathOf("docs", "threats.md"));
        foreach (var row in Enumerable.Range(1, 17).Concat([45, 46, 47]))
            Assert.Matches(TestName(), Assert.Single(lines, line => line.StartsWith($"| {row} |", StringComparison.Ordinal)));
    }

    [GeneratedRegex("`(?<name>[A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex TestName();
}
