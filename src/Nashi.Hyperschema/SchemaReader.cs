using System.Numerics;
using System.Text;
using Nashi.Encoding;

namespace Nashi.Hyperschema;

/// <summary>Reads schema values off a stranger's bytes: total, bounded, limited in depth. Generated code calls it.</summary>
/// <remarks>
/// Failure sticks: after the first bad value <see cref="Failed"/> is true, nothing is left to read and every read gives a default, so code reads a
/// whole struct and asks once. Memory follows the bytes that are there, never a count they announce. Source: data.md §1.1, §1.5.
/// </remarks>
public ref partial struct SchemaReader
{
    /// <summary>How deep structs may lie in structs. The reference has no limit but its stack.</summary>
    public const int MaxDepth = 64;

    private const int MaxBigIntWords = 1024;

    private CompactReader _bytes;
    private int _depth;

    // Elements that take no bytes are paid for from here: their count is only a claim. The reference takes a million in each list.
    private int _freeElements = 65_536;

    /// <summary>Reads from the start of <paramref name="bytes"/> as a schema of <paramref name="version"/> does.</summary>
    public SchemaReader(ReadOnlySpan<byte> bytes, ulong version)
    {
        _bytes = new CompactReader(bytes);
        Version = version;
    }

    /// <summary>The version of the schema that is read as: optional fields that came later are not looked at.</summary>
    public ulong Version { get; }

    /// <summary>Whether something could not be read.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether everything of this frame was read.</summary>
    public readonly bool IsEmpty => _bytes.IsEmpty;

    /// <summary>The bytes of this frame not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _bytes.Rest;

    /// <summary>Marks the value as bad.</summary>
    public void Fail()
    {
        Failed = true;
        _bytes = default;
    }

    /// <summary>Goes one struct deeper; false when that is too deep or something failed before.</summary>
    public bool Enter()
    {
        if (Failed) return false;
        if (++_depth <= MaxDepth) return true;
        Fail();
        return false;
    }

    /// <summary>Comes back out of a struct.</summary>
    public void Leave() => _depth--;

    /// <summary>Reads a variable-length unsigned integer.</summary>
    public ulong ReadUInt() => Check(_bytes.TryReadUInt(out var value)) ? value : 0;

    /// <summary>Reads a variable-length unsigned integer that must not be above <paramref name="max"/>.</summary>
    public ulong ReadUInt(ulong max) => Check(_bytes.TryReadUInt(out var value) && value <= max) ? value : 0;

    /// <summary>Reads the flags of a struct whose optional fields came with a later version: older writers wrote none.</summary>
    public ulong ReadLateFlags() => IsEmpty ? 0 : ReadUInt();

    /// <summary>Reads the flags of a compact struct whose optional fields came with a later version.</summary>
    public ulong ReadLateFlags(int size) => IsEmpty ? 0 : ReadFixedUInt(size);

    /// <summary>Reads a zig-zag integer.</summary>
    public long ReadInt() => Check(_bytes.TryReadInt(out var value)) ? value : 0;

    /// <summary>Reads a little-endian unsigned integer of 1 to 8 bytes.</summary>
    public ulong ReadFixedUInt(int size) => Check(_bytes.TryReadFixedUInt(size, out var value)) ? value : 0;

    /// <summary>Reads a zig-zag integer of 1 to 8 bytes.</summary>
    public long ReadFixedInt(int size) => Check(_bytes.TryReadFixedInt(size, out var value)) ? value : 0;

    /// <summary>Reads an IEEE 32-bit number.</summary>
    public float ReadFloat32() => Check(_bytes.TryReadFloat32(out var value)) ? value : 0;

    /// <summary>Reads an IEEE 64-bit number.</summary>
    public double ReadFloat64() => Check(_bytes.TryReadFloat64(out var value)) ? value : 0;

    /// <summary>Reads an order-preserving integer.</summary>
    public ulong ReadLexInt() => Check(_bytes.TryReadLexInt(out var value)) ? value : 0;

    /// <summary>Reads all 64 bits of an unsigned integer.</summary>
    public ulong ReadBigUInt64() => Check(_bytes.TryReadUInt64(out var value)) ? value : 0;

    /// <summary>Reads all 64 bits of a zig-zag integer.</summary>
    public long ReadBigInt64()
    {
        var value = ReadBigUInt64();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>Reads a big integer of at most 65 536 bits.</summary>
    public BigInteger ReadBigInt() => Check(_bytes.TryReadBigInt(MaxBigIntWords, out var value)) ? value : default;

    /// <summary>Reads a boolean.</summary>
    public bool ReadBool() => Check(_bytes.TryReadBool(out var value)) && value;

    /// <summary>Reads UTF-8 text; text that is none is refused.</summary>
    public string ReadString() => Check(_bytes.TryReadString(int.MaxValue, out var value)) ? value : "";

    /// <summary>Reads ASCII text: the highest bit of each byte does not count.</summary>
    public string ReadAscii()
    {
        var bytes = ReadSpan();
        var text = new StringBuilder(bytes.Length);
        foreach (var b in bytes) text.Append((char)(b & 0x7f));
        return text.ToString();
    }

    /// <summary>Reads bytes as lower-case hexadecimal text.</summary>
    public string ReadHex() => Convert.ToHexStringLower(ReadSpan());

    /// <summary>Reads bytes with their length.</summary>
    public ReadOnlyMemory<byte> ReadBuffer() => ReadSpan().ToArray();

    /// <summary>Reads bytes with their length; none are <see langword="null"/>.</summary>
    public ReadOnlyMemory<byte>? ReadOptionalBuffer() => ReadSpan() is { IsEmpty: false } bytes ? bytes.ToArray() : default(ReadOnlyMemory<byte>?);

    /// <summary>Reads all bytes that are left of this frame.</summary>
    public ReadOnlyMemory<byte> ReadRaw() => _bytes.ReadRest().ToArray();

    /// <summary>Reads a fixed number of bytes.</summary>
    public ReadOnlyMemory<byte> ReadFixed(int length) => Check(_bytes.TryReadFixed(length, out var bytes)) ? bytes.ToArray() : default;

    /// <summary>Reads 32 bytes.</summary>
    public Bytes32 ReadFixed32() => Check(_bytes.TryReadFixed32(out var value)) ? value : default;

    /// <summary>Reads a date.</summary>
    public DateTimeOffset ReadDate() => Check(_bytes.TryReadDate(out var value)) ? value : default;

    private ReadOnlySpan<byte> ReadSpan() => Check(_bytes.TryReadBuffer(out var bytes)) ? bytes : default;

    private bool Check(bool ok)
    {
        if (!ok) Fail();
        return ok;
    }
}
