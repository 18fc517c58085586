using System.Text.RegularExpressions;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests.Generator;

/// <summary>The code in docs/typed-databases.md compiles, and its tables name what there is.</summary>
public sealed partial class DocsTests
{
    private const string Schema = """
        {"version":1,"schema":[
          {"name":"member","namespace":"demo","compact":false,"flagsPosition":2,"fields":[{"name":"room","required":true,"type":"string","version":1},{"name":"name","required":true,"type":"string","version":1},{"name":"age","type":"uint","version":1}]},
          {"name":"put","namespace":"demo","compact":false,"flagsPosition":-1,"fields":[{"name":"member","required":true,"type":"@demo/member","version":1}]},
          {"name":"remove","namespace":"demo","compact":false,"flagsPosition":-1,"fields":[{"name":"name","required":true,"type":"string","version":1}]}]}
        """;

    private const string Db = """
        {"version":1,"offset":0,"schema":[
          {"name":"members","namespace":"demo","id":0,"type":1,"version":1,"versionField":null,"indexes":["@demo/by-age"],"schema":"@demo/member","derived":false,"key":["room","name"],"trigger":null},
          {"name":"by-age","namespace":"demo","id":1,"type":2,"version":1,"collection":"@demo/members","unique":false,"deprecated":false,"key":["age"]}]}
        """;

    private const string Routes = """{"version":1,"offset":0,"schema":[{"id":0,"name":"@demo/put","requestType":"@demo/put","version":1},{"id":1,"name":"@demo/remove","requestType":"@demo/remove","version":1}]}""";

    private static string Text { get; } = File.ReadAllText(Repository.PathOf("docs", "typed-databases.md"));

    [Fact]
    public void Docs_Code_Compiles()
    {
        var code = string.Join('\n', Code().Matches(Text).Select(match => match.Groups["code"].Value));
        var source = $$"""
            using System;
            using System.Threading.Tasks;
            using Nashi.Hyperbee;
            using Nashi.Hypercore;

            namespace Demo;

            internal static class Sample
            {
                public static async Task RunAsync()
                {
                    {{code}}
                }
            }
            """;
        Assert.Empty(Generation.Of(Schema, Db, Routes, source, "Demo").Errors);
    }

    [Fact]
    public void Docs_Diagnostics_AreThoseOfTheGenerator()
    {
        var released = File.ReadAllText(Repository.PathOf("src", "Nashi.Hyperschema.Generator", "AnalyzerReleases.Unshipped.md"));
        Assert.Equal(Ids().Matches(released).Select(match => match.Value), Ids().Matches(Text).Select(match => match.Value).Distinct());
    }

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Code();

    [GeneratedRegex("NASHI[0-9]{4}", RegexOptions.None, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Ids();
}
