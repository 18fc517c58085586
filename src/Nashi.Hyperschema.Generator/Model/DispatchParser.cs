using System.Collections.Generic;
using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>Reads a <c>dispatch.json</c> as the JavaScript tool writes it. Source: data.md §9.2.</summary>
internal sealed class DispatchParser(SourceFile file, Schema schema, List<Problem> problems)
{
    public IReadOnlyList<Route>? Parse()
    {
        if (new SchemaParser(file, problems).Root() is not { } root) return null;
        List<Route> routes = [];
        var (names, ids, before) = (new HashSet<string> { "Encode", "Id", "Command", "Router", "TryDecode", "Version", "DispatchAsync" }, new HashSet<long>(), problems.Count);
        foreach (var node in root.List("schema"))
        {
            var (name, request, id) = (node.String("name") ?? "", node.String("requestType") ?? "", node.Integer("id") ?? -1);
            if (name.Length == 0 || id < 0 || !ids.Add(id)) Report(Descriptors.NoSchema, node, $"the command '{name}' has no name, or no number of its own");
            else if (schema.Find(request) is not { } type) Report(Descriptors.UnknownType, node, name, request);
            else if (type.Omitted is not null) Report(Descriptors.Unusable, node, request, type.Omitted);
            else if (type.Kind is TypeKind.Primitive or TypeKind.Alias) Report(Descriptors.Unusable, node, request, "a command is a type that the schema declares");
            else routes.Add(new Route(name, CsName(names, name), id, type));
        }

        return problems.Count == before ? routes : null;
    }

    private static string CsName(HashSet<string> names, string name)
    {
        var slash = name.IndexOf('/');
        return slash < 0 ? Names.Unique(names, name, "") : Names.Unique(names, name.Substring(slash + 1), name.Substring(0, slash));
    }

    private void Report(Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, JsonNode node, params object[] arguments) => problems.Add(new Problem(descriptor, file, node, arguments));
}
