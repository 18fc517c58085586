using Microsoft.CodeAnalysis;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests.Generator;

/// <summary>What the generator makes of good schemas compiles, and what is wrong with bad ones is said where it stands.</summary>
public sealed class GeneratorTests
{
    private const string Good = """{"version":1,"schema":[{"name":"a","namespace":"x","compact":false,"flagsPosition":1,"fields":[{"name":"id","required":true,"type":"uint","version":1},{"name":"text","type":"string","version":1}]}]}""";

    public static TheoryData<string> RealSchemas =>
    [
        "autobase/encoding/spec/autobase/schema.json", "blind-peer-encodings/spec/hyperschema/schema.json", "blind-peer-encodings/spec-admin/hyperschema/schema.json",
        "blind-peer-encodings/spec-router/hyperschema/schema.json", "blind-peer-muxer/spec/hyperschema/schema.json", "encryption-encoding/spec/hyperschema/schema.json",
        "hyperbee2/spec/hyperschema/schema.json", "hypercore-storage/encoding/spec/hyperschema/schema.json", "hyperdht-address/spec/hyperschema/schema.json",
        "hyperswarm-capability/spec/hyperschema/schema.json", "ip-ban-list/spec/hyperschema/schema.json",
    ];

    [Theory]
    [MemberData(nameof(RealSchemas))]
    public void Generator_OfTheReferencesOwnSchemas_MakesCodeThatCompiles(string path)
    {
        var generation = Generation.Of(Installed(path));
        Assert.DoesNotContain(generation.Problems, problem => problem.Severity == DiagnosticSeverity.Error);
        Assert.Empty(generation.Errors);
    }

    [Fact]
    public void Generator_OfAutobase_LeavesOutWhatIsJavaScript()
    {
        var generation = Generation.Of(Installed("autobase/encoding/spec/autobase/schema.json"));
        Assert.Contains(generation.Problems, problem => problem.Id == "NASHI0005" && problem.GetMessage().Contains("@autobase/wakeup", StringComparison.Ordinal));
        Assert.All(generation.Problems, problem => Assert.True(problem.Location.GetLineSpan().StartLinePosition.Line > 1));
        Assert.Null(generation.Output.GetTypeByMetadataName("Made.Wakeup"));
        Assert.NotNull(generation.Output.GetTypeByMetadataName("Made.Checkpoint"));
    }

    [Fact]
    public void Generator_OfTheBlindPeersDatabase_MakesCodeThatCompiles()
    {
        const string Maps = """
            namespace Made;

            public sealed partial class Database
            {
                private static partial System.Collections.Generic.IEnumerable<CoresByReferrerEntry> MapCoresByReferrer(Core record, object? context) => [];

                private static partial System.Collections.Generic.IEnumerable<CoresByAnnounceEntry> MapCoresByAnnounce(Core record, object? context)
                    => record.Announce ? [new CoresByAnnounceEntry(record.Key)] : [];
            }
            """;
        var (schema, database) = (Installed("blind-peer-encodings/spec/hyperschema/schema.json"), Installed("blind-peer-encodings/spec/hyperdb/db.json"));
        Assert.Empty(Generation.Of(schema, database, source: Maps).Errors);
        // Without the maps the program does not compile: the compiler says which method is missing.
        Assert.Contains(Generation.Of(schema, database).Errors, error => error.Id == "CS8795" && error.GetMessage().Contains("MapCoresByAnnounce", StringComparison.Ordinal));
    }

    [Fact]
    public void Generator_OfOurSpecs_MakesTheTypesOfThisAssembly()
    {
        var generation = Generation.Of(Spec("schema"), Spec("db"), Spec("dispatch"), File.ReadAllText(Repository.PathOf("tests", "Nashi.HyperDB.Tests", "Maps.cs")), "Nashi.HyperDB.Tests.V2");
        Assert.DoesNotContain(generation.Problems, problem => problem.Severity >= DiagnosticSeverity.Warning);
        Assert.DoesNotContain(generation.Errors, error => error.GetMessage().Contains("V2", StringComparison.Ordinal));
        Assert.NotNull(generation.Output.GetTypeByMetadataName("Nashi.HyperDB.Tests.V2.Router`1"));
    }

    [Fact]
    public void Generator_WhenOtherFilesChange_DoesNothingAgain() => Assert.False(Generation.Of(Good).RunsAgain());

    [Theory]
    [InlineData("{\n  \"version\": 1,\n  oops", "NASHI0001", 2)]
    [InlineData("{\"version\":1}", "NASHI0002", 0)]
    [InlineData("{\"version\":1,\n\"schema\":[\n{}]}", "NASHI0002", 2)]
    [InlineData("{\"version\":1,\"schema\":[\n{\"name\":\"a\",\"namespace\":\"x\"}]}", "NASHI0002", 1)]
    [InlineData("{\"version\":1,\"schema\":[\n{\"name\":\"a\",\"namespace\":\"x\",\"fields\":[]},\n{\"name\":\"a\",\"namespace\":\"x\",\"fields\":[]}]}", "NASHI0002", 2)]
    [InlineData("{\"version\":1,\"schema\":[\n{\"name\":\"a\",\"namespace\":\"x\",\"alias\":\"@x/a\"}]}", "NASHI0002", 1)]
    [InlineData("{\"version\":1,\"schema\":[\n{\"name\":\"a\",\"namespace\":\"x\",\"fields\":[{\"name\":\"b\",\"type\":\"@x/none\"}]}]}", "NASHI0003", 1)]
    [InlineData("{\"version\":1,\"schema\":[\n{\"name\":\"a\",\"namespace\":\"x\",\"array\":true,\"type\":\"uint3\"}]}", "NASHI0004", 1)]
    [InlineData("{\"version\":1,\"schema\":[\n{\"name\":\"a\",\"namespace\":\"x\",\"fields\":[]},{\"name\":\"b\",\"namespace\":\"x\",\"fields\":[\n{\"name\":\"c\",\"type\":\"@x/a\",\"inline\":true}]}]}", "NASHI0004", 1)]
    public void Generator_OfABadSchema_SaysWhatAndWhere(string schema, string id, int line)
    {
        var generation = Generation.Of(schema);
        var problem = Assert.Single(generation.Problems);
        Assert.Equal((id, line, "/spec/schema.json"), (problem.Id, problem.Location.GetLineSpan().StartLinePosition.Line, problem.Location.GetLineSpan().Path));
        Assert.Empty(generation.Errors);
    }

    [Theory]
    [InlineData("""{"name":"as","namespace":"x","id":0,"type":1,"schema":"@x/b","key":[]}""", "NASHI0003")]
    [InlineData("""{"name":"as","namespace":"x","id":0,"type":1,"schema":"@x/a","key":["nothing"]}""", "NASHI0004")]
    [InlineData("""{"name":"as","namespace":"x","type":1,"schema":"@x/a","key":["id"]}""", "NASHI0002")]
    [InlineData("""{"name":"by","namespace":"x","id":1,"type":2,"collection":"@x/as","key":["id"]}""", "NASHI0003")]
    public void Generator_OfABadDatabase_SaysWhat(string entry, string id)
    {
        var generation = Generation.Of(Good, $$"""{"version":1,"offset":0,"schema":[{{entry}}]}""");
        Assert.Equal(id, Assert.Single(generation.Problems).Id);
        Assert.Empty(generation.Errors);
    }

    [Theory]
    [InlineData("""{"id":0,"name":"@x/put","requestType":"@x/b"}""", "NASHI0003")]
    [InlineData("""{"id":0,"name":"@x/put","requestType":"string"}""", "NASHI0004")]
    [InlineData("""{"name":"@x/put","requestType":"@x/a"}""", "NASHI0002")]
    public void Generator_OfABadDispatch_SaysWhat(string entry, string id)
    {
        var generation = Generation.Of(Good, dispatch: $$"""{"version":1,"offset":0,"schema":[{{entry}}]}""");
        Assert.Equal(id, Assert.Single(generation.Problems).Id);
        Assert.Empty(generation.Errors);
    }

    [Fact]
    public void Generator_OfATrigger_MakesACollectionThatIsOnlyRead()
    {
        var generation = Generation.Of(Good, """{"version":1,"offset":0,"schema":[{"name":"as","namespace":"x","id":0,"type":1,"version":1,"schema":"@x/a","key":["id"],"trigger":"count"}]}""");
        Assert.Equal(("NASHI0007", DiagnosticSeverity.Info), (Assert.Single(generation.Problems).Id, generation.Problems[0].Severity));
        Assert.Empty(generation.Errors);
    }

    [Fact]
    public void Generator_OfADatabaseWithoutSchema_SaysSo()
        => Assert.Equal("NASHI0006", Assert.Single(Generation.OfFiles([("/spec/db.json", "{}")]).Problems).Id);

    [Fact]
    public void Generator_OfTwoSchemasForOneNamespace_SaysSo()
        => Assert.Equal("NASHI0008", Assert.Single(Generation.OfFiles([("/a/schema.json", Good), ("/b/schema.json", Good)]).Problems).Id);

    [Fact]
    public void Generator_OfAwkwardNames_MakesCodeThatCompiles()
    {
        const string Awkward = """
            {"version":1,"schema":[
              {"name":"schema","namespace":"x","fields":[{"name":"schema","type":"string"},{"name":"codec","type":"bool"},{"name":"get-type","type":"uint","required":true},{"name":"1st","type":"@y/schema"}]},
              {"name":"schema","namespace":"y","fields":[{"name":"equals","type":"buffer","array":true},{"name":"a.b","type":"date"},{"name":"a-b","type":"date"}]},
              {"name":"dispatch","namespace":"y","enum":[{"key":"none","version":1},{"key":"None","version":1},{"key":"class","version":1}]},
              {"name":"string","namespace":"z","compact":true,"fields":[]},
              {"name":"list","namespace":"z","array":true,"type":"@z/string"},
              {"name":"none","namespace":"z","fields":[{"name":"nothing","type":"none","required":true},{"name":"quote","constant":"\"\\\n","type":"string"},{"name":"n","constant":-3,"type":"int"}]}
            ]}
            """;
        var generation = Generation.Of(Awkward, space: "");
        Assert.Empty(generation.Problems);
        Assert.Empty(generation.Errors);
        Assert.NotNull(generation.Output.GetTypeByMetadataName("YSchema"));
    }

    private static string Installed(string path) => File.ReadAllText(Repository.PathOf(["tests", "js", "node_modules", .. path.Split('/')]));

    private static string Spec(string name) => File.ReadAllText(Repository.PathOf("tests", "Nashi.HyperDB.Tests", "Spec", "v2", name + ".json"));
}
