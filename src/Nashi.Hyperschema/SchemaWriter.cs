using System.Buffers;
using System.Numerics;
using System.Text;
using Nashi.Encoding;

namespace Nashi.Hyperschema;

/// <summary>Writes schema values into a buffer that grows. Generated code calls it; used by one thread at a time.</summary>
public sealed partial class SchemaWriter : IBufferWriter<byte>, IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256);
    private int _written;
    private int _depth;

    /// <summary>Starts an empty buffer, written as a schema of <paramref name="version"/> does.</summary>
    public SchemaWriter(ulong version) => Version = version;

    /// <summary>The version of the schema that is written as: optional fields that came later are left out.</summary>
    public ulong Version { get; }

    /// <summary>How many bytes were written.</summary>
    public int Written => _written;

    private CompactWriter Bytes => new(this);

    /// <summary>A copy of what was written.</summary>
    public byte[] ToArray() => _buffer.AsSpan(0, _written).ToArray();

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <inheritdoc/>
    public void Advance(int count) => _written += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(1, sizeHint));
        return _buffer.AsSpan(_written);
    }

    /// <summary>Goes one struct deeper.</summary>
    /// <exception cref="HyperschemaException">That is deeper than a <see cref="SchemaReader"/> reads.</exception>
    public void Enter(string type)
    {
        if (++_depth > SchemaReader.MaxDepth) throw HyperschemaException.Unencodable(type, $"it lies more than {SchemaReader.MaxDepth} structs deep");
    }

    /// <summary>Comes back out of a struct.</summary>
    public void Leave() => _depth--;

    /// <summary>Writes a variable-length unsigned integer.</summary>
    public void WriteUInt(ulong value) => Bytes.WriteUInt(value);

    /// <summary>Writes a zig-zag integer.</summary>
    public void WriteInt(long value) => Bytes.WriteInt(value);

    /// <summary>Writes a little-endian unsigned integer in 1 to 8 bytes.</summary>
    public void WriteFixedUInt(ulong value, int size) => Bytes.WriteFixedUInt(value, size);

    /// <summary>Writes a zig-zag integer in 1 to 8 bytes.</summary>
    public void WriteFixedInt(long value, int size) => Bytes.WriteFixedInt(value, size);

    /// <summary>Writes an IEEE 32-bit number.</summary>
    public void WriteFloat32(float value) => Bytes.WriteFloat32(value);

    /// <summary>Writes an IEEE 64-bit number.</summary>
    public void WriteFloat64(double value) => Bytes.WriteFloat64(value);

    /// <summary>Writes an order-preserving integer.</summary>
    public void WriteLexInt(ulong value) => Bytes.WriteLexInt(value);

    /// <summary>Writes all 64 bits of an unsigned integer.</summary>
    public void WriteBigUInt64(ulong value) => Bytes.WriteUInt64(value);

    /// <summary>Writes all 64 bits of a zig-zag integer.</summary>
    public void WriteBigInt64(long value) => Bytes.WriteUInt64((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes a big integer.</summary>
    public void WriteBigInt(BigInteger value) => Bytes.WriteBigInt(value);

    /// <summary>Writes a boolean.</summary>
    public void WriteBool(bool value) => Bytes.WriteBool(value);

    /// <summary>Writes text as UTF-8.</summary>
    public void WriteString(string value) => Bytes.WriteString(value);

    /// <summary>Writes text, the low byte of each character.</summary>
    public void WriteAscii(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteBuffer(System.Text.Encoding.Latin1.GetBytes(value));
    }

    /// <summary>Writes hexadecimal text as bytes.</summary>
    public void WriteHex(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.Length % 2 != 0 || !value.All(char.IsAsciiHexDigit)) throw HyperschemaException.Unencodable("hex", "it is no hexadecimal text of whole bytes");
        WriteBuffer(Convert.FromHexString(value));
    }

    /// <summary>Writes bytes with their length.</summary>
    public void WriteBuffer(ReadOnlyMemory<byte> value) => Bytes.WriteBuffer(value.Span);

    /// <summary>Writes bytes with their length; <see langword="null"/> and none are the same.</summary>
    public void WriteOptionalBuffer(ReadOnlyMemory<byte>? value) => Bytes.WriteBuffer(value.GetValueOrDefault().Span);

    /// <summary>Writes bytes as they are.</summary>
    public void WriteRaw(ReadOnlyMemory<byte> value) => Bytes.WriteFixed(value.Span);

    /// <summary>Writes a fixed number of bytes.</summary>
    public void WriteFixed(ReadOnlyMemory<byte> value, int length)
    {
        if (value.Length != length) throw HyperschemaException.Unencodable($"fixed{length}", $"it has {value.Length} bytes");
        Bytes.WriteFixed(value.Span);
    }

    /// <summary>Writes 32 bytes.</summary>
    public void WriteFixed32(Bytes32 value) => Bytes.WriteFixed32(value);

    /// <summary>Writes a date, in milliseconds.</summary>
    public void WriteDate(DateTimeOffset value) => Bytes.WriteDate(value);

    private void Reserve(int count)
    {
        if (_buffer.Length - _written >= count) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_written + count), Math.Min(_buffer.Length * 2, Array.MaxLength)));
        _buffer.AsSpan(0, _written).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
