using System.Text;
using Nashi.Encoding;

namespace Nashi.HyperDB;

/// <summary>Writes a key so that keys sort as their values do: the id of the collection or index, then the values. Generated code calls it.</summary>
public sealed class IndexKeyWriter
{
    private byte[] _key = new byte[64];
    private int _written;

    /// <summary>Starts a key of a collection or index.</summary>
    public IndexKeyWriter(ulong id) => WriteUInt(id);

    /// <summary>The key.</summary>
    public byte[] ToArray() => _key.AsSpan(0, _written).ToArray();

    /// <summary>Writes an unsigned number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is above 2^53 − 1.</exception>
    public void WriteUInt(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, CompactReader.MaxUInt);
        _written += IndexEncoder.WriteUInt(Reserve(IndexEncoder.MaxUIntSize), value);
    }

    /// <summary>Writes a signed number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its magnitude is above 2^53 − 1.</exception>
    public void WriteInt(long value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, (long)CompactReader.MaxUInt);
        ArgumentOutOfRangeException.ThrowIfLessThan(value, -(long)CompactReader.MaxUInt);
        _written += IndexEncoder.WriteInt(Reserve(IndexEncoder.MaxUIntSize), value);
    }

    /// <summary>Writes text; absent text is empty.</summary>
    public void WriteString(string? value) => WriteSpan(value is null ? [] : Encoding8.GetBytes(value));

    /// <summary>Writes bytes; absent bytes are none.</summary>
    public void WriteBytes(ReadOnlyMemory<byte>? value) => WriteSpan(value.GetValueOrDefault().Span);

    /// <summary>Writes 32 bytes; absent bytes are none.</summary>
    public void WriteBytes(Bytes32? value) => WriteSpan(value is { } bytes ? bytes.AsSpan() : []);

    /// <summary>Writes a boolean.</summary>
    public void WriteBool(bool value) => WriteUInt(value ? 1UL : 0);

    /// <summary>Writes a date.</summary>
    public void WriteDate(DateTimeOffset value) => WriteInt(value.ToUnixTimeMilliseconds());

    internal void WriteInfinity()
    {
        Reserve(1)[0] = IndexEncoder.Infinity;
        _written++;
    }

    private static UTF8Encoding Encoding8 { get; } = new(encoderShouldEmitUTF8Identifier: false);

    private void WriteSpan(ReadOnlySpan<byte> value) => _written += IndexEncoder.WriteBytes(Reserve(IndexEncoder.MaxBytesSize(value.Length)), value);

    private Span<byte> Reserve(int count)
    {
        if (_key.Length - _written < count) Array.Resize(ref _key, Math.Max(_key.Length * 2, checked(_written + count)));
        return _key.AsSpan(_written);
    }
}
