using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Nashi.Hyperschema;

/// <summary>Encodes and decodes one schema type, byte for byte as the reference does. Generated code makes one per type; thread-safe.</summary>
/// <param name="name">The type's full name, such as <c>@chat/message</c>.</param>
/// <param name="version">The version of the schema it was generated from.</param>
/// <param name="read">Reads a value.</param>
/// <param name="write">Writes a value.</param>
[DebuggerDisplay("{Name}")]
public sealed class SchemaCodec<T>(string name, ulong version, SchemaRead<T> read, SchemaWrite<T> write)
{
    /// <summary>The type's full name, such as <c>@chat/message</c>.</summary>
    public string Name => name;

    /// <summary>The version of the schema: what <see cref="Encode(T)"/> writes.</summary>
    public ulong Version => version;

    /// <summary>Encodes a value as the newest version of the schema.</summary>
    /// <exception cref="HyperschemaException">The type cannot hold the value.</exception>
    public byte[] Encode(T value) => Encode(value, version);

    /// <summary>Encodes a value as an older version of the schema: optional fields that came later are left out.</summary>
    /// <exception cref="HyperschemaException">The type cannot hold the value.</exception>
    public byte[] Encode(T value, ulong schemaVersion)
    {
        ArgumentNullException.ThrowIfNull(value);
        using var writer = new SchemaWriter(schemaVersion);
        write(writer, value);
        return writer.ToArray();
    }

    /// <summary>Decodes a value; bytes after it are ignored, for they are fields of a newer schema.</summary>
    /// <exception cref="HyperschemaException">The bytes are not one.</exception>
    public T Decode(ReadOnlySpan<byte> bytes) => TryDecode(bytes, out var value) ? value : throw HyperschemaException.Malformed(name);

    /// <summary>Decodes a value off a stranger's bytes. Never throws.</summary>
    public bool TryDecode(ReadOnlySpan<byte> bytes, [MaybeNullWhen(false)] out T value) => TryDecode(bytes, version, out value);

    /// <summary>Decodes a value as a reader of an older schema does: optional fields that came later are not looked at.</summary>
    public bool TryDecode(ReadOnlySpan<byte> bytes, ulong schemaVersion, [MaybeNullWhen(false)] out T value)
    {
        var reader = new SchemaReader(bytes, schemaVersion);
        value = read(ref reader);
        return !reader.Failed;
    }

    /// <summary>Reads a value as part of a larger one.</summary>
    public T Read(ref SchemaReader reader) => read(ref reader);

    /// <summary>Writes a value as part of a larger one.</summary>
    public void Write(SchemaWriter writer, T value) => write(writer, value);
}
