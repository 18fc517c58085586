using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Nashi.Hyperschema.Generator;

namespace Nashi.HyperDB.Tests.Generator;

/// <summary>The generator run on schemas, and the compiler on what it made.</summary>
internal sealed class Generation
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(() =>
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => !path.EndsWith("Nashi.HyperDB.Tests.dll", StringComparison.Ordinal)).Select(path => MetadataReference.CreateFromFile(path))]);

    private GeneratorDriver _driver;

    private Generation(IEnumerable<(string Path, string Text)> files, string source, string space)
    {
        var trees = source.Length > 0 ? new[] { CSharpSyntaxTree.ParseText(source, Parsing) } : [];
        Input = CSharpCompilation.Create("Made", trees, References.Value, new(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        _driver = CSharpGeneratorDriver.Create(
            [new HyperschemaGenerator().AsSourceGenerator()],
            files.Select(file => new SchemaText(file.Path, file.Text)),
            Parsing,
            new Options(space),
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        _driver = _driver.RunGeneratorsAndUpdateCompilation(Input, out var output, out var problems);
        (Output, Problems) = (output, [.. problems]);
    }

    public CSharpCompilation Input { get; }

    public Compilation Output { get; }

    /// <summary>What the generator reports.</summary>
    public IReadOnlyList<Diagnostic> Problems { get; }

    /// <summary>What the compiler reports of the generated code and the source beside it.</summary>
    public IReadOnlyList<Diagnostic> Errors => [.. Output.GetDiagnostics().Where(problem => problem.Severity is DiagnosticSeverity.Error or DiagnosticSeverity.Warning)];

    public static Generation Of(string schema, string? database = null, string? dispatch = null, string source = "", string space = "Made")
    {
        List<(string, string)> files = [("/spec/schema.json", schema)];
        if (database is not null) files.Add(("/spec/db.json", database));
        if (dispatch is not null) files.Add(("/spec/dispatch.json", dispatch));
        return new(files, source, space);
    }

    public static Generation OfFiles(IEnumerable<(string Path, string Text)> files, string source = "") => new(files, source, "Made");

    /// <summary>Whether a second run on the same files would make everything anew.</summary>
    public bool RunsAgain()
    {
        _driver = _driver.RunGenerators(Input.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Other;", Parsing)));
        return _driver.GetRunResult().Results.Single().TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs).Any(output => output.Reason != IncrementalStepRunReason.Cached);
    }

    private sealed class SchemaText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(string space) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(new() { ["build_property.RootNamespace"] = space });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values([]);
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
