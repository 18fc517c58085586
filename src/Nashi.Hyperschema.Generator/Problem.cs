using Microsoft.CodeAnalysis;
using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator;

/// <summary>What is wrong with a schema, and where.</summary>
internal sealed class Problem(DiagnosticDescriptor descriptor, SourceFile file, int position, params object[] arguments)
{
    public DiagnosticDescriptor Descriptor { get; } = descriptor;

    public Problem(DiagnosticDescriptor descriptor, SourceFile file, JsonNode node, params object[] arguments)
        : this(descriptor, file, node.Position, arguments)
    {
    }

    public Diagnostic ToDiagnostic() => Diagnostic.Create(Descriptor, file.LocationOf(position), arguments);
}
