using Microsoft.CodeAnalysis;

namespace Nashi.Hyperschema.Generator;

/// <summary>What may be wrong with a schema. Each id is listed in AnalyzerReleases.</summary>
internal static class Descriptors
{
    private const string Category = "Nashi.Hyperschema";

    public static readonly DiagnosticDescriptor NoJson = new(
        "NASHI0001", "The file is no JSON", "This is no JSON: {0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NoSchema = new(
        "NASHI0002", "The schema is not one", "This is no schema as hyperschema, hyperdb and hyperdispatch write it: {0}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor UnknownType = new(
        "NASHI0003", "A type is not in the schema", "'{0}' names the type '{1}', which the schema does not have",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Unusable = new(
        "NASHI0004", "A type cannot be used there", "'{0}' cannot be used here: {1}",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor LeftOut = new(
        "NASHI0005", "A type is left out because it needs JavaScript code", "No C# is made of '{0}': {1}",
        Category, DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NoSchemaFile = new(
        "NASHI0006", "A database or router without its schema", "There is no schema.json for the namespace '{0}' that this file belongs to",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor JavaScript = new(
        "NASHI0007", "A part of the schema is JavaScript code and is not run", "'{0}': {1}",
        Category, DiagnosticSeverity.Info, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor Twice = new(
        "NASHI0008", "Two files of the same kind for one namespace", "The namespace '{0}' already has a {1}; give one of the two another NashiNamespace",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}
