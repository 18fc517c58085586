using System.Collections.Generic;
using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>Reads a <c>schema.json</c> as the JavaScript tool writes it.</summary>
internal sealed class SchemaParser(SourceFile file, List<Problem> problems)
{
    // The flags of a struct are one compact integer.
    private const int MaxFlagBits = 53;

    private static readonly HashSet<string> NoExternals = [];

    private Schema _schema = new(0);

    /// <summary>The schema; <see langword="null"/> when it has errors, which are then among the problems.</summary>
    public Schema? Parse(HashSet<string> names)
    {
        var before = problems.Count;
        if (Root() is not { } root) return null;
        _schema = new Schema(root.Integer("version") ?? 0);
        foreach (var node in root.List("schema")) Declare(node, names);
        foreach (var type in _schema.Types) Link(type);
        if (HasErrors(before)) return null;
        foreach (var type in _schema.Types) RefuseCircle(type);
        if (HasErrors(before)) return null;
        foreach (var type in _schema.Types) LayOut(type);
        LeaveOut();
        return HasErrors(before) ? null : _schema;
    }

    /// <summary>The text's root, which must be an object with a list named <c>schema</c>.</summary>
    public JsonNode? Root()
    {
        try
        {
            var root = JsonReader.Read(file.Text);
            if (root["schema"] is { Kind: JsonKind.Array } && root.Integer("version") is >= 0) return root;
            Report(Descriptors.NoSchema, root, "it has no 'version' and no list named 'schema'");
        }
        catch (JsonReadException error)
        {
            problems.Add(new Problem(Descriptors.NoJson, file, error.Position, error.Message));
        }

        return null;
    }

    private bool HasErrors(int before)
    {
        for (var i = before; i < problems.Count; i++)
        {
            if (problems[i].Descriptor.DefaultSeverity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error) return true;
        }

        return false;
    }

    private void Report(Microsoft.CodeAnalysis.DiagnosticDescriptor descriptor, JsonNode node, params object[] arguments)
        => problems.Add(new Problem(descriptor, file, node, arguments));

    private void Declare(JsonNode node, HashSet<string> names)
    {
        if (node.String("name") is not { Length: > 0 } name)
        {
            Report(Descriptors.NoSchema, node, "a type has no name");
            return;
        }

        var space = node.String("namespace") ?? "";
        var fqn = space.Length == 0 ? name : $"@{space}/{name}";
        var type = new SchemaType(fqn, KindOf(node), node);
        if (_schema.ByName.ContainsKey(fqn) || Primitive.All.ContainsKey(fqn))
        {
            Report(Descriptors.NoSchema, node, $"the type '{fqn}' is declared twice");
            return;
        }

        type.CsName = Names.Unique(names, type.Kind == TypeKind.Versioned ? "I" + Names.Pascal(name) : name, space);
        _schema.Types.Add(type);
        _schema.ByName.Add(fqn, type);
    }

    private static TypeKind KindOf(JsonNode node)
    {
        if (node["alias"] is not null) return TypeKind.Alias;
        if (node["enum"] is not null) return TypeKind.Enum;
        if (node.Flag("array")) return TypeKind.List;
        if (node.Flag("record")) return TypeKind.Map;
        if (node["external"] is not null) return TypeKind.External;
        return node["versions"] is not null ? TypeKind.Versioned : TypeKind.Struct;
    }

    private void Link(SchemaType type)
    {
        switch (type.Kind)
        {
            case TypeKind.Alias:
                type.Target = Resolve(type, type.Node.String("alias"));
                if (type.Target?.Primitive is { Bits: > 0, Name: not "bool" }) Report(Descriptors.Unusable, type.Node, type.Fqn, "a number that lives in the flags of a struct cannot have an alias");
                break;
            case TypeKind.List:
                type.Target = Resolve(type, type.Node.String("type"));
                RefuseBits(type, type.Target);
                break;
            case TypeKind.Map:
                (type.Key, type.Target) = (Resolve(type, type.Node.String("key")), Resolve(type, type.Node.String("value")));
                RefuseBits(type, type.Target);
                break;
            case TypeKind.Enum:
                LinkEnum(type);
                break;
            case TypeKind.Versioned:
                LinkVersions(type);
                break;
            case TypeKind.Struct:
                LinkFields(type);
                break;
        }
    }

    private SchemaType? Resolve(SchemaType owner, string? name)
    {
        var found = name is null ? null : _schema.Find(name);
        if (found is null) Report(Descriptors.UnknownType, owner.Node, owner.Fqn, name ?? "");
        return found;
    }

    private void RefuseBits(SchemaType type, SchemaType? part)
    {
        if (part?.Primitive is { Bits: > 0, Name: not "bool" }) Report(Descriptors.Unusable, type.Node, part.Fqn, "a number that lives in the flags of a struct cannot be an element");
    }

    private void LinkEnum(SchemaType type)
    {
        type.EnumOffset = type.Node.Integer("offset") ?? 1;
        type.IsTextEnum = type.Node.Flag("strings");
        foreach (var entry in type.Node.List("enum"))
        {
            var key = entry.Kind == JsonKind.String ? entry.Text : entry.String("key");
            if (key is null) Report(Descriptors.NoSchema, entry, $"a value of the enum '{type.Fqn}' has no key");
            else type.EnumNames.Add(key);
        }

        if (type.EnumOffset < 0) Report(Descriptors.NoSchema, type.Node, $"the enum '{type.Fqn}' begins below 0");
    }

    private void LinkVersions(SchemaType type)
    {
        // A file from before framing existed says nothing and is not framed.
        type.IsFramed = type.Node.Flag("framed");
        foreach (var node in type.Node.List("versions"))
        {
            if (Resolve(type, node.String("type")) is not { } version) continue;
            if (version.Kind is not (TypeKind.Struct or TypeKind.External) || node.Integer("version") is not { } number)
            {
                Report(Descriptors.Unusable, node, version.Fqn, "a version of a type is a struct with a number");
                continue;
            }

            if (node["map"] is not null) Report(Descriptors.JavaScript, node, type.Fqn, $"version {number} is handed out as it was stored, for its map is JavaScript code");
            type.Versions.Add(new TypeVersion(number, version));
            if (!version.VersionOf.Contains(type)) version.VersionOf.Add(type);
        }

        if (type.Versions.Count == 0) Report(Descriptors.NoSchema, type.Node, $"'{type.Fqn}' has no versions");
    }

    private void LinkFields(SchemaType type)
    {
        type.IsCompact = type.Node.Flag("compact");
        if (type.Node["fields"] is not { Kind: JsonKind.Array }) Report(Descriptors.NoSchema, type.Node, $"'{type.Fqn}' has no fields");
        var used = new HashSet<string>();
        foreach (var node in type.Node.List("fields"))
        {
            var name = node.String("name");
            if (name is null || Resolve(type, node.String("type")) is not { } target)
            {
                if (name is null) Report(Descriptors.NoSchema, node, $"a field of '{type.Fqn}' has no name");
                continue;
            }

            var field = new SchemaField(name, target, node) { CsName = Names.Property(used, name, type.CsName) };
            // Bools and small numbers live in the flags, so they are always optional.
            field.IsRequired = node.Flag("required") && !field.IsFlag && !field.IsConstant;
            if (field.IsInline && (target.Kind != TypeKind.Struct || field.IsArray)) Report(Descriptors.Unusable, node, $"{type.Fqn}.{name}", "only a compact struct can be inline");
            if (field.IsArray && target.Primitive is { Bits: > 0, Name: not "bool" }) Report(Descriptors.Unusable, node, $"{type.Fqn}.{name}", "a number that lives in the flags cannot be an element");
            type.Fields.Add(field);
        }
    }

    // Aliases, and structs that are inline, must not contain themselves.
    private void RefuseCircle(SchemaType type)
    {
        var path = new HashSet<SchemaType>();
        if (Runs(type, path)) Report(Descriptors.NoSchema, type.Node, $"'{type.Fqn}' contains itself");
    }

    private static bool Runs(SchemaType type, HashSet<SchemaType> path)
    {
        if (type.Kind is not (TypeKind.Alias or TypeKind.Struct)) return false;
        if (!path.Add(type)) return true;
        if (type.Kind == TypeKind.Alias && Runs(type.Target!, path)) return true;
        foreach (var field in type.Fields)
        {
            if (field.IsInline && Runs(field.Type, path)) return true;
        }

        path.Remove(type);
        return false;
    }

    private void LayOut(SchemaType type)
    {
        if (type.Kind != TypeKind.Struct) return;
        foreach (var field in type.Fields)
        {
            if (field.IsInline && !field.Type.IsCompact) Report(Descriptors.Unusable, type.Node, $"{type.Fqn}.{field.Name}", "only a compact struct can be inline");
        }

        var layout = type.Layout = StructLayout.Of(type.Fields, type.IsCompact, (int)(type.Node.Integer("flagsPosition") ?? -1), NoExternals);
        if (layout.Bits > MaxFlagBits) Report(Descriptors.Unusable, type.Node, type.Fqn, $"its optional fields take {layout.Bits} bits of flags and {MaxFlagBits} is the most");
    }

    // What needs an external type is left out too, as far up as it goes.
    private void LeaveOut()
    {
        foreach (var type in _schema.Types)
        {
            if (type.Kind == TypeKind.External) type.Omitted = "its encoding is JavaScript code";
            if (type.Kind == TypeKind.Map && type.Key!.Real.Primitive?.CsType is not ("string" or "ulong" or "uint" or "ushort" or "byte"))
                type.Omitted = "the keys of a record are text or unsigned numbers";
        }

        for (var changed = true; changed;)
        {
            changed = false;
            foreach (var type in _schema.Types)
            {
                if (type.Omitted is not null || OmittedPart(type) is not { } part) continue;
                type.Omitted = $"it needs '{part.Fqn}'";
                changed = true;
            }
        }

        foreach (var type in _schema.Types)
        {
            if (type.Omitted is { } why) Report(Descriptors.LeftOut, type.Node, type.Fqn, why);
        }
    }

    private static SchemaType? OmittedPart(SchemaType type)
    {
        if (type.Target?.Omitted is not null) return type.Target;
        if (type.Key?.Omitted is not null) return type.Key;
        foreach (var field in type.Fields)
        {
            if (field.Type.Omitted is not null) return field.Type;
        }

        foreach (var version in type.Versions)
        {
            if (version.Type.Omitted is not null) return version.Type;
        }

        return null;
    }
}
