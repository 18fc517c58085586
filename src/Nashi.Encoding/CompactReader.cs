using System.Buffers.Binary;

namespace Nashi.Encoding;

/// <summary>Reads compact-encoded values off a stranger's bytes: total, bounded, allocation-free.</summary>
/// <remarks>
/// Every <c>TryRead…</c> either consumes one value and returns true, or returns false and leaves the position unspecified: stop reading then.
/// Buffers are returned as slices of the input, never copies. Integers above 2^53 − 1 are refused (N16). Non-minimal integers are accepted (N2).
/// Source: data.md §1.1.
/// </remarks>
public ref partial struct CompactReader
{
    /// <summary>The largest integer of the format: JavaScript's 2^53 − 1.</summary>
    public const ulong MaxUInt = (1UL << 53) - 1;

    /// <summary>The most elements an array may announce.</summary>
    public const int MaxArrayLength = 0x100000;

    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads from the start of <paramref name="bytes"/>.</summary>
    public CompactReader(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>The bytes not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>How many bytes are left.</summary>
    public readonly int Remaining => _rest.Length;

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>Reads a variable-length unsigned integer.</summary>
    public bool TryReadUInt(out ulong value)
    {
        value = 0;
        if (_rest.IsEmpty) return false;
        var first = _rest[0];
        if (first <= 0xfc)
        {
            value = first;
            _rest = _rest[1..];
            return true;
        }

        var size = 1 << (first - 0xfc);
        if (_rest.Length <= size) return false;
        value = size switch
        {
            2 => BinaryPrimitives.ReadUInt16LittleEndian(_rest[1..]),
            4 => BinaryPrimitives.ReadUInt32LittleEndian(_rest[1..]),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(_rest[1..]),
        };
        _rest = _rest[(1 + size)..];
        return value <= MaxUInt;
    }

    /// <summary>Reads an unsigned integer that must fit 31 bits, such as an index or a count.</summary>
    public bool TryReadInt32(out int value)
    {
        var ok = TryReadUInt(out var wide) && wide <= int.MaxValue;
        value = ok ? (int)wide : 0;
        return ok;
    }

    /// <summary>Reads a zig-zag signed integer.</summary>
    public bool TryReadInt(out long value)
    {
        var ok = TryReadUInt(out var wide);
        value = (long)(wide >> 1) ^ -(long)(wide & 1);
        return ok;
    }

    /// <summary>Reads one byte.</summary>
    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (_rest.IsEmpty) return false;
        value = _rest[0];
        _rest = _rest[1..];
        return true;
    }

    /// <summary>Reads a fixed number of raw bytes.</summary>
    public bool TryReadFixed(int length, out ReadOnlySpan<byte> bytes)
    {
        if (length < 0 || length > _rest.Length)
        {
            bytes = default;
            return false;
        }

        bytes = _rest[..length];
        _rest = _rest[length..];
        return true;
    }

    /// <summary>Reads 32 raw bytes.</summary>
    public bool TryReadFixed32(out Bytes32 value)
    {
        var ok = TryReadFixed(Bytes32.Size, out var bytes);
        value = ok ? new Bytes32(bytes) : default;
        return ok;
    }

    /// <summary>Reads a length-prefixed buffer; an empty one is empty, not absent (N1).</summary>
    public bool TryReadBuffer(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return TryReadUInt(out var length) && length <= (ulong)_rest.Length && TryReadFixed((int)length, out bytes);
    }

    /// <summary>Reads a length-prefixed buffer no longer than <paramref name="maxLength"/> bytes.</summary>
    public bool TryReadBuffer(int maxLength, out ReadOnlySpan<byte> bytes) => TryReadBuffer(out bytes) && bytes.Length <= maxLength;

    /// <summary>Reads the element count of an array whose elements take at least <paramref name="minElementSize"/> bytes each.</summary>
    /// <returns>False when the count is over <see cref="MaxArrayLength"/> or could not fit the bytes that are left.</returns>
    public bool TryReadArrayLength(int minElementSize, out int count)
    {
        var ok = TryReadUInt(out var wide) && wide <= MaxArrayLength && wide * (ulong)minElementSize <= (ulong)_rest.Length;
        count = ok ? (int)wide : 0;
        return ok;
    }

    /// <summary>Takes all bytes that are left.</summary>
    public ReadOnlySpan<byte> ReadRest()
    {
        var rest = _rest;
        _rest = default;
        return rest;
    }
}
