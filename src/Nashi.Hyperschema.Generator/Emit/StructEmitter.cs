using System.Collections.Generic;
using System.Globalization;
using Nashi.Hyperschema.Generator.Json;
using Nashi.Hyperschema.Generator.Model;

namespace Nashi.Hyperschema.Generator.Emit;

/// <summary>Writes the record of a struct and the code that reads and writes it.</summary>
internal static class StructEmitter
{
    /// <summary>The record itself.</summary>
    public static void EmitRecord(CodeText code, SchemaType type, long schemaVersion, string visibility)
    {
        var interfaces = new List<string>();
        foreach (var versioned in type.VersionOf)
        {
            if (versioned.Omitted is null) interfaces.Add(versioned.CsName);
        }

        code.Summary($"The struct {type.Fqn}.");
        code.Open($"{visibility} sealed partial record {type.CsName}{(interfaces.Count > 0 ? " : " + string.Join(", ", interfaces) : "")}");
        code.Summary($"Encodes and decodes {type.Fqn}.");
        code.Line(SchemaEmitter.CodecProperty(type, schemaVersion, "Codec"));
        foreach (var field in type.Fields) EmitProperty(code, field);
        if (interfaces.Count > 0) EmitVersion(code, type, interfaces);
        EmitEquality(code, type);
        code.Close().Line();
    }

    /// <summary>Reading and writing, for a layout of the struct: the whole, or what a database stores beside the key.</summary>
    public static void EmitCodec(CodeText code, SchemaType type, StructLayout layout, string suffix)
    {
        if (layout.FlagsPosition >= 0) EmitFlags(code, type, layout, suffix);
        EmitWrite(code, type, layout, suffix, isInline: false);
        EmitRead(code, type, layout, suffix, isInline: false);
        if (suffix.Length > 0 || !type.IsCompact) return;
        EmitWrite(code, type, layout, "_Inline", isInline: true);
        EmitRead(code, type, layout, "_Inline", isInline: true);
    }

    private static void EmitProperty(CodeText code, SchemaField field)
    {
        if (field.IsNothing) return;
        code.Line();
        if (field.IsConstant)
        {
            var (type, value) = Constant(field.Constant);
            code.Summary($"Always the same and never written: {field.Name}.").Line($"public {type} {field.CsName} => {value};");
            return;
        }

        var since = field.Version > 1 ? $", since version {field.Version}" : "";
        code.Summary($"The field {field.Name} ({(field.IsArray ? "list of " : "")}{field.Type.Fqn}{(field.IsRequired ? "" : ", optional")}{since}).");
        code.Line($"public {(field.IsRequired ? "required " : "")}{Expressions.PropertyType(field)} {field.CsName} {{ get; init; }}");
    }

    private static (string Type, string Value) Constant(JsonNode? value) => value?.Kind switch
    {
        JsonKind.True => ("bool", "true"),
        JsonKind.False => ("bool", "false"),
        JsonKind.Number => ("long", value.Text),
        JsonKind.String => ("string", CodeText.Literal(value.Text)),
        _ => ("object?", "null"),
    };

    private static void EmitVersion(CodeText code, SchemaType type, List<string> interfaces)
    {
        var own = type.Fields.Find(field => field.CsName == "Version");
        code.Line();
        if (own is null)
        {
            code.Summary("The version it was read as, or shall be written as; null for the newest with this shape.");
            code.Line("public ulong? Version { get; init; }");
            return;
        }

        foreach (var name in interfaces) code.Line($"ulong? {name}.Version => {(own.IsConstant ? "null" : "Version")};");
    }

    // Lists and bytes compare by identity in C#; two records with the same fields shall be equal.
    private static void EmitEquality(CodeText code, SchemaType type)
    {
        if (type.Fields.TrueForAll(field => Expressions.IsPlain(field) || field.IsConstant)) return;
        code.Line().Line("/// <inheritdoc/>").Open($"public bool Equals({type.CsName}? other)");
        code.Line("if (ReferenceEquals(this, other)) return true;").Line("if (other is null) return false;");
        foreach (var field in type.Fields)
        {
            if (!field.IsConstant && !field.IsNothing) code.Line($"if (!{Expressions.Equal(field, field.CsName, "other." + field.CsName)}) return false;");
        }

        code.Line("return true;").Close();
        code.Line().Line("/// <inheritdoc/>").Open("public override int GetHashCode()").Line("var hash = new global::System.HashCode();");
        foreach (var field in type.Fields)
        {
            if (!field.IsConstant && !field.IsNothing && Expressions.IsPlain(field) && field.Type.Real.Kind is TypeKind.Primitive or TypeKind.Enum) code.Line($"hash.Add({field.CsName});");
        }

        code.Line("return hash.ToHashCode();").Close();
    }

    private static void EmitFlags(CodeText code, SchemaType type, StructLayout layout, string suffix)
    {
        code.Open($"internal static ulong Flags{type.CsName}{suffix}({type.CsName} v, ulong version)").Line("ulong flags = 0;");
        foreach (var laid in layout.Fields)
        {
            var field = laid.Field;
            if (!laid.IsWritten) continue;
            var value = "v." + field.CsName;
            var since = field.Version > 1 ? $"version >= {field.Version} && " : "";
            if (field.IsFlag && field.Type.Primitive!.Name != "bool")
            {
                code.Line($"if ({since}{value} != 0) flags |= (ulong)({value} & {(1 << field.Type.Primitive.Bits) - 1}) << {laid.Bit};");
            }
            else if (field.IsOptional)
            {
                code.Line($"if ({since}{Expressions.IsWritten(field, value)}) flags |= 1UL << {laid.Bit};");
            }

            // The reference sets the inner flags whatever version it writes as.
            if (field.IsInline && field.Type.Layout!.FlagsPosition >= 0) code.Line($"if ({value} is not null) flags |= Flags{field.Type.CsName}({value}, version) << {laid.InlineShift};");
        }

        code.Line("return flags;").Close().Line();
    }

    private static void EmitWrite(CodeText code, SchemaType type, StructLayout layout, string suffix, bool isInline)
    {
        code.Open($"internal static void Write{type.CsName}{suffix}({Expressions.Writer} w, {type.CsName} v)");
        code.Line($"w.Enter({CodeText.Literal(type.Fqn)});");
        if (layout.FlagsPosition >= 0) code.Line($"var flags = Flags{type.CsName}{(isInline ? "" : suffix)}(v, w.Version);");
        for (var i = 0; i < layout.Fields.Count; i++)
        {
            var laid = layout.Fields[i];
            var field = laid.Field;
            if (i == layout.FlagsPosition && !isInline) code.Line(layout.FlagBytes > 0 ? $"w.WriteFixedUInt(flags, {layout.FlagBytes});" : "w.WriteUInt(flags);");
            if (!laid.IsWritten || field.IsFlag) continue;
            var value = "v." + field.CsName;
            if (field.IsOptional && Expressions.PropertyType(field).EndsWith("?", System.StringComparison.Ordinal) && NeedsValue(field)) value += "!.Value";
            else if (field.IsOptional && Expressions.PropertyType(field).EndsWith("?", System.StringComparison.Ordinal)) value += "!";
            var write = field.IsInline ? $"Write{field.Type.CsName}_Inline(w, {value})" : Expressions.Write(field, value);
            code.Line($"{(field.IsOptional ? $"if ((flags & (1UL << {laid.Bit})) != 0) " : "")}{write};");
        }

        code.Line("w.Leave();").Close().Line();
    }

    private static bool NeedsValue(SchemaField field) => !field.IsArray && Expressions.IsValueType(field.Type) && field.Type.Real.Primitive?.Name != "optionalBuffer";

    private static void EmitRead(CodeText code, SchemaType type, StructLayout layout, string suffix, bool isInline)
    {
        code.Open($"internal static {type.CsName} Read{type.CsName}{suffix}(ref {Expressions.Reader} r{(isInline ? ", ulong flags" : "")})");
        code.Line("if (!r.Enter()) return null!;");
        for (var i = 0; i < layout.Fields.Count; i++)
        {
            if (i == layout.FlagsPosition && !isInline) code.Line($"var flags = {ReadFlags(layout)};");
            EmitReadField(code, layout.Fields[i], i);
        }

        code.Line("r.Leave();");
        code.Open($"return new {type.CsName}");
        for (var i = 0; i < layout.Fields.Count; i++)
        {
            var field = layout.Fields[i].Field;
            if (!field.IsConstant && !field.IsNothing) code.Line($"{field.CsName} = f{i.ToString(CultureInfo.InvariantCulture)},");
        }

        code.Close("};").Close().Line();
    }

    private static string ReadFlags(StructLayout layout)
    {
        var size = layout.FlagBytes > 0 ? layout.FlagBytes.ToString(CultureInfo.InvariantCulture) : "";
        if (!layout.HasFlagsAlways) return $"r.ReadLateFlags({size})";
        return layout.FlagBytes > 0 ? $"r.ReadFixedUInt({size})" : "r.ReadUInt()";
    }

    private static void EmitReadField(CodeText code, LaidField laid, int index)
    {
        var field = laid.Field;
        if (field.IsConstant || field.IsNothing) return;
        var type = Expressions.PropertyType(field);
        var name = "f" + index.ToString(CultureInfo.InvariantCulture);
        if (laid.IsExternal)
        {
            code.Line($"{type} {name} = default!;");
            return;
        }

        var since = field.Version > 1 && field.IsOptional ? $"r.Version >= {field.Version} && " : "";
        if (field.IsFlag && field.Type.Primitive!.Name != "bool")
        {
            var value = $"(byte)((flags >> {laid.Bit}) & {(1 << field.Type.Primitive.Bits) - 1})";
            code.Line(since.Length > 0 ? $"byte {name} = r.Version >= {field.Version} ? {value} : (byte)0;" : $"var {name} = {value};");
            return;
        }

        var isThere = $"{since}(flags & (1UL << {laid.Bit})) != 0";
        if (field.IsFlag)
        {
            code.Line($"var {name} = {isThere};");
            return;
        }

        var read = field.IsInline ? $"Read{field.Type.CsName}_Inline(ref r, {(field.Type.Layout!.FlagsPosition < 0 ? "0" : $"flags >> {laid.InlineShift}")})" : Expressions.Read(field);
        code.Line(field.IsOptional ? $"{type} {name} = {isThere} ? {read} : default({type});" : $"{type} {name} = {read};");
    }
}
