using System.Buffers.Binary;
using System.Text;

namespace Nashi.Encoding;

public ref partial struct CompactReader
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a little-endian 16-bit unsigned integer.</summary>
    public bool TryReadUInt16(out ushort value)
    {
        var ok = TryReadFixed(2, out var bytes);
        value = ok ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : (ushort)0;
        return ok;
    }

    /// <summary>Reads a little-endian 24-bit unsigned integer.</summary>
    public bool TryReadUInt24(out uint value)
    {
        var ok = TryReadFixed(3, out var bytes);
        value = ok ? (uint)(bytes[0] | (bytes[1] << 8) | (bytes[2] << 16)) : 0;
        return ok;
    }

    /// <summary>Reads a little-endian 32-bit unsigned integer.</summary>
    public bool TryReadUInt32(out uint value)
    {
        var ok = TryReadFixed(4, out var bytes);
        value = ok ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return ok;
    }

    /// <summary>Reads a little-endian 64-bit unsigned integer, unbounded.</summary>
    public bool TryReadUInt64(out ulong value)
    {
        var ok = TryReadFixed(8, out var bytes);
        value = ok ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return ok;
    }

    /// <summary>Reads an IEEE 64-bit number.</summary>
    public bool TryReadFloat64(out double value)
    {
        var ok = TryReadUInt64(out var bits);
        value = BitConverter.UInt64BitsToDouble(bits);
        return ok;
    }

    /// <summary>Reads an IEEE 32-bit number.</summary>
    public bool TryReadFloat32(out float value)
    {
        var ok = TryReadUInt32(out var bits);
        value = BitConverter.UInt32BitsToSingle(bits);
        return ok;
    }

    /// <summary>Reads a boolean: one byte, true only when it is 1.</summary>
    public bool TryReadBool(out bool value)
    {
        var ok = TryReadByte(out var b);
        value = b == 1;
        return ok;
    }

    /// <summary>Reads a UTF-8 string of at most <paramref name="maxBytes"/> bytes.</summary>
    /// <returns>False when it is longer or not valid UTF-8.</returns>
    public bool TryReadString(int maxBytes, out string value)
    {
        value = "";
        if (!TryReadBuffer(maxBytes, out var bytes)) return false;
        if (!System.Text.Unicode.Utf8.IsValid(bytes)) return false;
        value = StrictUtf8.GetString(bytes);
        return true;
    }
}
