using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Nashi.Hyperschema.Generator.Emit;
using Nashi.Hyperschema.Generator.Model;

namespace Nashi.Hyperschema.Generator;

/// <summary>
/// Makes C# of the files <c>schema.json</c>, <c>db.json</c> and <c>dispatch.json</c> that the JavaScript tools write, when they are given to the compiler as
/// <c>AdditionalFiles</c>. Files with the same <c>NashiNamespace</c> belong together.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class HyperschemaGenerator : IIncrementalGenerator
{
    private static readonly string[] FileNames = ["schema.json", "db.json", "dispatch.json"];

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var files = context.AdditionalTextsProvider
            .Where(static text => FileNames.Contains(Path.GetFileName(text.Path), StringComparer.OrdinalIgnoreCase))
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellationToken) => Load(pair.Left, pair.Right, cancellationToken))
            .Collect();
        context.RegisterSourceOutput(files, static (output, files) => Generate(output, files));
    }

    private static SourceFile Load(AdditionalText text, AnalyzerConfigOptionsProvider options, CancellationToken cancellationToken)
    {
        var own = options.GetOptions(text);
        var space = own.TryGetValue("build_metadata.AdditionalFiles.NashiNamespace", out var named) && named.Length > 0 ? named
            : options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var root) ? root : "";
        var visibility = own.TryGetValue("build_metadata.AdditionalFiles.NashiVisibility", out var visible) && visible == "internal" ? "internal" : "public";
        return new SourceFile(text.Path, text.GetText(cancellationToken)?.ToString() ?? "", space, visibility);
    }

    private static void Generate(SourceProductionContext output, ImmutableArray<SourceFile> files)
    {
        foreach (var group in files.GroupBy(file => file.Space, StringComparer.Ordinal))
        {
            var problems = new List<Problem>();
            foreach (var (name, text) in Generate(group.Key, group, problems))
                output.AddSource($"{(group.Key.Length > 0 ? group.Key + "." : "")}{name}.g.cs", SourceText.From(text, Encoding.UTF8));
            foreach (var problem in problems) output.ReportDiagnostic(problem.ToDiagnostic());
        }
    }

    private static IEnumerable<(string Name, string Text)> Generate(string space, IEnumerable<SourceFile> files, List<Problem> problems)
    {
        var byName = new Dictionary<string, SourceFile>(StringComparer.OrdinalIgnoreCase);
        foreach (var file in files)
        {
            if (byName.ContainsKey(file.Name)) problems.Add(new Problem(Descriptors.Twice, file, 0, space, file.Name));
            else byName.Add(file.Name, file);
        }

        var names = new HashSet<string>(StringComparer.Ordinal) { "Schema", "SchemaCodecs", "Database", "DatabaseTransaction", "Dispatch", "Router" };
        if (!byName.TryGetValue("schema.json", out var schemaFile))
        {
            foreach (var file in byName.Values) problems.Add(new Problem(Descriptors.NoSchemaFile, file, 0, space));
            yield break;
        }

        if (new SchemaParser(schemaFile, problems).Parse(names) is not { } schema) yield break;
        yield return ("Schema", SchemaEmitter.Emit(schema, schemaFile));
        if (byName.TryGetValue("db.json", out var databaseFile) && new DatabaseParser(databaseFile, schema, problems).Parse(names) is { } database)
            yield return ("Database", DatabaseEmitter.Emit(database, schema, databaseFile));
        if (byName.TryGetValue("dispatch.json", out var dispatchFile) && new DispatchParser(dispatchFile, schema, problems).Parse() is { } routes)
            yield return ("Dispatch", DispatchEmitter.Emit(routes, schema, dispatchFile));
    }
}
