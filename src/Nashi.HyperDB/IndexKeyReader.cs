using System.Text.Unicode;
using Nashi.Encoding;

namespace Nashi.HyperDB;

/// <summary>Reads a key off a stranger's bytes: total and bounded. Generated code calls it.</summary>
/// <remarks>Failure sticks: after the first bad value <see cref="Failed"/> is true and every read gives a default.</remarks>
public ref struct IndexKeyReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Reads a key of a collection or index.</summary>
    public IndexKeyReader(ReadOnlySpan<byte> key, ulong id)
    {
        _rest = key;
        if (!IndexEncoder.TryReadUInt(ref _rest, out var read) || read != id) Fail();
    }

    /// <summary>Whether something could not be read.</summary>
    public bool Failed { get; private set; }

    /// <summary>Whether everything was read.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>Reads an unsigned number that must not be above <paramref name="max"/>.</summary>
    public ulong ReadUInt(ulong max) => Check(IndexEncoder.TryReadUInt(ref _rest, out var value) && value <= Math.Min(max, CompactReader.MaxUInt)) ? value : 0;

    /// <summary>Reads a signed number between two bounds.</summary>
    public long ReadInt(long min, long max) => Check(IndexEncoder.TryReadInt(ref _rest, out var value) && value >= min && value <= max) ? value : 0;

    /// <summary>Reads text; text that is no UTF-8 is refused.</summary>
    public string ReadString()
    {
        var bytes = Read();
        return Check(Utf8.IsValid(bytes)) ? System.Text.Encoding.UTF8.GetString(bytes) : "";
    }

    /// <summary>Reads bytes.</summary>
    public ReadOnlyMemory<byte> ReadBytes() => Read();

    /// <summary>Reads bytes that must be of one length.</summary>
    public ReadOnlyMemory<byte> ReadFixed(int length)
    {
        var bytes = Read();
        return Check(bytes.Length == length) ? bytes : default;
    }

    /// <summary>Reads 32 bytes.</summary>
    public Bytes32 ReadFixed32()
    {
        var bytes = Read();
        return Check(bytes.Length == Bytes32.Size) ? new Bytes32(bytes) : default;
    }

    /// <summary>Reads 32 bytes; none are absent.</summary>
    public Bytes32? ReadOptionalFixed32()
    {
        var bytes = Read();
        if (bytes.Length == 0) return null;
        return Check(bytes.Length == Bytes32.Size) ? new Bytes32(bytes) : null;
    }

    /// <summary>Reads a boolean.</summary>
    public bool ReadBool() => ReadUInt(ulong.MaxValue) != 0;

    /// <summary>Reads a date.</summary>
    public DateTimeOffset ReadDate()
        => DateTimeOffset.FromUnixTimeMilliseconds(ReadInt(DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    private byte[] Read() => Check(IndexEncoder.TryReadBytes(ref _rest, out var bytes)) ? bytes : [];

    private bool Check(bool ok)
    {
        if (!ok) Fail();
        return ok && !Failed;
    }

    private void Fail()
    {
        Failed = true;
        _rest = default;
    }
}
