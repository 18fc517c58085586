using System.Collections.Generic;
using System.Globalization;
using Nashi.Hyperschema.Generator.Model;

namespace Nashi.Hyperschema.Generator.Emit;

/// <summary>C# types and expressions for the types of a schema.</summary>
internal static class Expressions
{
    public const string Reader = "global::Nashi.Hyperschema.SchemaReader", Writer = "global::Nashi.Hyperschema.SchemaWriter";

    private const string ListType = "global::System.Collections.Generic.IReadOnlyList", MapType = "global::System.Collections.Generic.IReadOnlyDictionary";

    /// <summary>The C# type of a value that is there.</summary>
    public static string CsType(SchemaType type)
    {
        var real = type.Real;
        return real.Kind switch
        {
            TypeKind.List => $"{ListType}<{CsType(real.Target!)}>",
            TypeKind.Map => $"{MapType}<{CsType(real.Key!)}, {CsType(real.Target!)}>",
            _ => real.CsName,
        };
    }

    /// <summary>The C# type of a field that is there.</summary>
    public static string CsType(SchemaField field) => field.IsArray ? $"{ListType}<{CsType(field.Type)}>" : CsType(field.Type);

    /// <summary>The C# type of a property: with a question mark when the field may be absent and has no default.</summary>
    public static string PropertyType(SchemaField field)
    {
        var type = CsType(field);
        return field.IsOptional && TruthOf(field) is Truth.NotNull or Truth.NotEmpty or Truth.Json && field.IsOptional && !type.EndsWith("?", System.StringComparison.Ordinal) ? type + "?" : type;
    }

    public static bool IsValueType(SchemaType type)
    {
        var real = type.Real;
        if (real.Kind == TypeKind.Enum) return true;
        return real.Primitive is { } primitive && primitive.CsType is not ("string" or "object?" or "global::System.Net.IPAddress" or "global::System.Net.IPEndPoint");
    }

    /// <summary>Which values of an optional field are written.</summary>
    public static Truth TruthOf(SchemaField field)
    {
        if (field.IsArray) return Truth.NotNull;
        var real = field.Type.Real;
        if (real.Primitive is { } primitive) return primitive.Truth;
        return real.Kind == TypeKind.Enum && !real.IsTextEnum ? Truth.NotZero : Truth.NotNull;
    }

    /// <summary>Whether an optional field's value is written.</summary>
    public static string IsWritten(SchemaField field, string value) => TruthOf(field) switch
    {
        Truth.NotZero => $"{value} != 0",
        Truth.NotZeroOrNaN => $"{value} is not (0 or {CsType(field)}.NaN)",
        Truth.NotEmpty => $"!string.IsNullOrEmpty({value})",
        Truth.Itself => value,
        Truth.Json => $"global::Nashi.Hyperschema.SchemaJson.IsTruthy({value})",
        _ => $"{value} is not null",
    };

    /// <summary>Reads a value that carries no length of its own.</summary>
    public static string Read(SchemaType type)
    {
        var real = type.Real;
        return real.Kind switch
        {
            TypeKind.Primitive => real.Primitive!.Read,
            TypeKind.Enum => $"({real.CsName})r.ReadUInt(uint.MaxValue)",
            _ => $"SchemaCodecs.Read{real.CsName}(ref r)",
        };
    }

    public static string Write(SchemaType type, string value)
    {
        var real = type.Real;
        return real.Kind switch
        {
            TypeKind.Primitive => string.Format(CultureInfo.InvariantCulture, real.Primitive!.Write, value),
            _ => $"SchemaCodecs.Write{real.CsName}(w, {value})",
        };
    }

    public static string ReadLambda(SchemaType type, bool framed)
        => framed ? $"static (ref {Reader} r) => r.ReadFrame<{CsType(type)}>(SchemaCodecs.Read{type.Real.CsName})" : $"static (ref {Reader} r) => {Read(type)}";

    public static string WriteLambda(SchemaType type, bool framed)
        => framed ? $"static (w, v) => w.WriteFrame(v, SchemaCodecs.Write{type.Real.CsName})" : $"static (w, v) => {Write(type, "v")}";

    public static string ReadList(SchemaType element, bool framed)
        => element.IsBool ? "r.ReadBoolArray()" : $"r.ReadArray<{CsType(element)}>({(framed ? 1 : MinSize(element, []))}, {ReadLambda(element, framed)})";

    public static string WriteList(SchemaType element, bool framed, string value)
        => element.IsBool ? $"w.WriteBoolArray({value})" : $"w.WriteArray<{CsType(element)}>({value}, {WriteLambda(element, framed)})";

    /// <summary>Reads a field that is there.</summary>
    public static string Read(SchemaField field)
    {
        if (field.IsArray) return ReadList(field.Type, field.IsFramed);
        return field.IsFramed ? $"r.ReadFrame<{CsType(field.Type)}>(SchemaCodecs.Read{field.Type.Real.CsName})" : Read(field.Type);
    }

    public static string Write(SchemaField field, string value)
    {
        if (field.IsArray) return WriteList(field.Type, field.IsFramed, value);
        return field.IsFramed ? $"w.WriteFrame({value}, SchemaCodecs.Write{field.Type.Real.CsName})" : Write(field.Type, value);
    }

    /// <summary>Whether two values hold the same.</summary>
    public static string Equal(SchemaField field, string left, string right)
    {
        if (field.IsArray) return EqualLists(field.Type, left, right);
        if (!IsPlain(field)) return Equal(field.Type, left, right);
        var type = PropertyType(field);
        return $"global::System.Collections.Generic.EqualityComparer<{type}>.Default.Equals({left}, {right})";
    }

    /// <summary>Whether records compare a field's values as C# would by itself.</summary>
    public static bool IsPlain(SchemaField field)
        => !field.IsArray && field.Type.Real is { Kind: TypeKind.Struct or TypeKind.Enum or TypeKind.Versioned or TypeKind.Primitive } real
            && (real.Primitive is null || (!real.Primitive.CsType.Contains("ReadOnlyMemory") && real.Primitive.Name != "json"));

    /// <summary>The fewest bytes a value takes.</summary>
    public static int MinSize(SchemaType type, HashSet<SchemaType> path)
    {
        var real = type.Real;
        if (real.Kind == TypeKind.Primitive) return real.Primitive!.MinSize;
        if (real.Kind != TypeKind.Struct) return 1;
        if (!path.Add(real)) return 0;
        var size = real.Layout!.FlagsPosition >= 0 && real.Layout.HasFlagsAlways ? System.Math.Max(1, real.Layout.FlagBytes) : 0;
        foreach (var field in real.Fields)
        {
            if (!field.IsRequired || field.IsNothing) continue;
            size += field.IsArray || field.IsFramed ? 1 : MinSize(field.Type, path);
        }

        path.Remove(real);
        return size;
    }

    private static string Equal(SchemaType type, string left, string right)
    {
        var real = type.Real;
        if (real.Kind == TypeKind.List) return EqualLists(real.Target!, left, right);
        if (real.Kind == TypeKind.Map) return $"global::Nashi.Hyperschema.SchemaEquality.Map({left}, {right}, static (a, b) => {Equal(real.Target!, "a", "b")})";
        if (real.Primitive?.Name == "json") return $"global::Nashi.Hyperschema.SchemaEquality.Json({left}, {right})";
        if (real.Primitive?.CsType.Contains("ReadOnlyMemory") == true) return $"global::Nashi.Hyperschema.SchemaEquality.Bytes({left}, {right})";
        return $"global::System.Collections.Generic.EqualityComparer<{real.CsName}>.Default.Equals({left}, {right})";
    }

    private static string EqualLists(SchemaType element, string left, string right)
        => $"global::Nashi.Hyperschema.SchemaEquality.List({left}, {right}, static (a, b) => {Equal(element, "a", "b")})";
}
