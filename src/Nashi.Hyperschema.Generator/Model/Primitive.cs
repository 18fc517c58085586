using System.Collections.Generic;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>What C# makes of a primitive: its type, how it is read and written, and how few bytes it takes.</summary>
internal sealed class Primitive(string name, string csType, string read, string write, int minSize, Truth truth, string? keyKind = null, int bits = 0)
{
    public string Name { get; } = name;

    public string CsType { get; } = csType;

    /// <summary>An expression over the reader <c>r</c>.</summary>
    public string Read { get; } = read;

    /// <summary>A statement over the writer <c>w</c> and a value <c>{0}</c>.</summary>
    public string Write { get; } = write;

    public int MinSize { get; } = minSize;

    /// <summary>When JavaScript takes a value for one worth writing.</summary>
    public Truth Truth { get; } = truth;

    /// <summary>How it sorts in a key; <see langword="null"/> when it cannot be in one.</summary>
    public string? KeyKind { get; } = keyKind;

    /// <summary>Bits in the flags of a struct, for the types that live there.</summary>
    public int Bits { get; } = bits;

    public bool IsFlag => Bits > 0;

    public static IReadOnlyDictionary<string, Primitive> All { get; } = Make();

    private static Dictionary<string, Primitive> Make()
    {
        const string Memory = "global::System.ReadOnlyMemory<byte>", Address = "global::System.Net.IPAddress", EndPoint = "global::System.Net.IPEndPoint";
        var all = new Dictionary<string, Primitive>();
        void Add(Primitive primitive) => all.Add(primitive.Name, primitive);

        Add(new("uint", "ulong", "r.ReadUInt()", "w.WriteUInt({0})", 1, Truth.NotZero, "UInt"));
        Add(new("int", "long", "r.ReadInt()", "w.WriteInt({0})", 1, Truth.NotZero, "Int"));
        string[] unsigned = ["byte", "ushort", "uint", "uint", "ulong", "ulong", "ulong", "ulong"], signed = ["sbyte", "short", "int", "int", "long", "long", "long", "long"];
        for (var size = 1; size <= 8; size++)
        {
            var (u, s) = (unsigned[size - 1], signed[size - 1]);
            Add(new($"uint{size * 8}", u, $"({u})r.ReadFixedUInt({size})", $"w.WriteFixedUInt({{0}}, {size})", size, Truth.NotZero, "UInt"));
            Add(new($"int{size * 8}", s, $"({s})r.ReadFixedInt({size})", $"w.WriteFixedInt({{0}}, {size})", size, Truth.NotZero, "Int"));
        }

        for (var bits = 1; bits <= 7; bits++) Add(new($"uint{bits}", "byte", "", "", 0, Truth.NotZero, bits: bits));
        Add(new("port", "ushort", "(ushort)r.ReadFixedUInt(2)", "w.WriteFixedUInt({0}, 2)", 2, Truth.NotZero));
        Add(new("lexint", "ulong", "r.ReadLexInt()", "w.WriteLexInt({0})", 1, Truth.NotZero));
        Add(new("float32", "float", "r.ReadFloat32()", "w.WriteFloat32({0})", 4, Truth.NotZeroOrNaN));
        Add(new("float64", "double", "r.ReadFloat64()", "w.WriteFloat64({0})", 8, Truth.NotZeroOrNaN));
        Add(new("bigint", "global::System.Numerics.BigInteger", "r.ReadBigInt()", "w.WriteBigInt({0})", 1, Truth.NotZero));
        Add(new("biguint64", "ulong", "r.ReadBigUInt64()", "w.WriteBigUInt64({0})", 8, Truth.NotZero));
        Add(new("bigint64", "long", "r.ReadBigInt64()", "w.WriteBigInt64({0})", 8, Truth.NotZero));
        Add(new("bool", "bool", "r.ReadBool()", "w.WriteBool({0})", 1, Truth.Itself, "Bool", bits: 1));
        Add(new("string", "string", "r.ReadString()", "w.WriteString({0})", 1, Truth.NotEmpty, "String"));
        Add(new("utf8", "string", "r.ReadString()", "w.WriteString({0})", 1, Truth.NotEmpty, "String"));
        Add(new("ascii", "string", "r.ReadAscii()", "w.WriteAscii({0})", 1, Truth.NotEmpty, "String"));
        Add(new("hex", "string", "r.ReadHex()", "w.WriteHex({0})", 1, Truth.NotEmpty, "String"));
        Add(new("buffer", Memory, "r.ReadBuffer()", "w.WriteBuffer({0})", 1, Truth.NotNull, "Bytes"));
        Add(new("optionalBuffer", Memory + "?", "r.ReadOptionalBuffer()", "w.WriteOptionalBuffer({0})", 1, Truth.NotNull));
        Add(new("raw", Memory, "r.ReadRaw()", "w.WriteRaw({0})", 0, Truth.NotNull));
        Add(new("fixed32", "global::Nashi.Encoding.Bytes32", "r.ReadFixed32()", "w.WriteFixed32({0})", 32, Truth.NotNull, "Bytes"));
        foreach (var size in new[] { 8, 16, 24, 64 })
            Add(new($"fixed{size}", Memory, $"r.ReadFixed({size})", $"w.WriteFixed({{0}}, {size})", size, Truth.NotNull, size == 64 ? "Bytes" : null));
        Add(new("date", "global::System.DateTimeOffset", "r.ReadDate()", "w.WriteDate({0})", 1, Truth.NotNull, "Date"));
        Add(new("json", "global::System.Text.Json.JsonElement", "r.ReadJson()", "w.WriteJson({0})", 1, Truth.Json));
        Add(new("ip", Address, "r.ReadIP()", "w.WriteIP({0})", 5, Truth.NotNull));
        Add(new("ipv4", Address, "r.ReadIPv4()", "w.WriteIPv4({0})", 4, Truth.NotNull));
        Add(new("ipv6", Address, "r.ReadIPv6()", "w.WriteIPv6({0})", 16, Truth.NotNull));
        Add(new("ipAddress", EndPoint, "r.ReadIPAddress()", "w.WriteIPAddress({0})", 7, Truth.NotNull));
        Add(new("ipv4Address", EndPoint, "r.ReadIPv4Address()", "w.WriteIPv4Address({0})", 6, Truth.NotNull));
        Add(new("ipv6Address", EndPoint, "r.ReadIPv6Address()", "w.WriteIPv6Address({0})", 18, Truth.NotNull));
        // Carries nothing: a field of this type has no property and no bytes.
        Add(new("none", "object?", "", "", 0, Truth.NotNull));
        return all;
    }
}
