using System.Buffers.Binary;

namespace Nashi.Lan.Messages;

/// <summary>Encodes a message, as much as fits; names are compressed. What does not fit is left out whole.</summary>
internal sealed class DnsWriter
{
    /// <summary>The size that crosses every network unfragmented: an Ethernet frame's 1500 bytes less IPv6 and UDP headers.</summary>
    public const int DefaultSize = 1452;

    private const int HeaderSize = 12;
    private const int MaxPointer = 0x3fff;

    private readonly byte[] _bytes;
    private readonly Dictionary<DnsName, int> _names = [];
    private readonly int[] _counts = new int[4];
    private int _at = HeaderSize;

    /// <summary>Starts a message.</summary>
    /// <param name="isResponse">Whether it answers.</param>
    /// <param name="id">Zero, or what a one-shot resolver sent.</param>
    /// <param name="size">The most it may have.</param>
    public DnsWriter(bool isResponse, ushort id = 0, int size = DefaultSize)
    {
        _bytes = new byte[size];
        BinaryPrimitives.WriteUInt16BigEndian(_bytes, id);
        if (isResponse) BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(2), 0x8400);
    }

    /// <summary>Whether there is nothing in it.</summary>
    public bool IsEmpty => _at == HeaderSize;

    /// <summary>Adds a question.</summary>
    /// <returns>False when it does not fit.</returns>
    public bool TryAdd(DnsQuestion question)
    {
        var start = _at;
        if (TryWriteName(question.Name) && TryWriteUInt16((int)question.Type) && TryWriteUInt16(question.WantsUnicast ? 0x8001 : 1)) return Count(DnsSection.Question);
        return Undo(start);
    }

    /// <summary>Adds a record.</summary>
    /// <param name="section">Where; sections are filled in order.</param>
    /// <param name="record">What.</param>
    /// <param name="timeToLive">How long it holds, if not as long as it says.</param>
    /// <param name="keepsFlush">Whether the mark of unique records is written: not in known answers, nor to one-shot resolvers.</param>
    /// <returns>False when it does not fit.</returns>
    public bool TryAdd(DnsSection section, DnsRecord record, uint? timeToLive = null, bool keepsFlush = true)
    {
        var start = _at;
        var holds = timeToLive ?? record.TimeToLive;
        if (TryWriteName(record.Name) && TryWriteUInt16((int)record.Type) && TryWriteUInt16(record.IsUnique && keepsFlush ? 0x8001 : 1)
            && TryWriteUInt16((int)(holds >> 16)) && TryWriteUInt16((int)(holds & 0xffff)) && TryWriteData(record)) return Count(section);
        return Undo(start);
    }

    /// <summary>Ends the message.</summary>
    /// <param name="isTruncated">Whether more known answers follow.</param>
    public byte[] Finish(bool isTruncated = false)
    {
        if (isTruncated) _bytes[2] |= 0x02;
        for (var i = 0; i < _counts.Length; i++) BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(4 + (2 * i)), (ushort)_counts[i]);
        return _bytes.AsSpan(0, _at).ToArray();
    }

    private bool TryWriteData(DnsRecord record)
    {
        var lengthAt = _at;
        if (!TryWriteUInt16(0)) return false;
        if (record.Type == DnsType.Srv && !(TryWriteUInt16(0) && TryWriteUInt16(0) && TryWriteUInt16(record.Port))) return false;
        if (!(record.Target is { } target ? TryWriteName(target) : TryWrite(record.Data.Span))) return false;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(lengthAt), (ushort)(_at - lengthAt - 2));
        return true;
    }

    private bool TryWriteName(DnsName name)
    {
        while (!name.IsRoot)
        {
            if (_names.TryGetValue(name, out var known)) return TryWriteUInt16(0xc000 | known);
            if (_at <= MaxPointer) _names[name] = _at;
            if (!TryWrite([(byte)name.Label.Length]) || !TryWrite(name.Label)) return false;
            name = name.Parent;
        }

        return TryWrite([0]);
    }

    private bool TryWriteUInt16(int value)
    {
        if (_bytes.Length - _at < 2) return false;
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(_at), (ushort)value);
        _at += 2;
        return true;
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        if (_bytes.Length - _at < bytes.Length) return false;
        bytes.CopyTo(_bytes.AsSpan(_at));
        _at += bytes.Length;
        return true;
    }

    private bool Count(DnsSection section)
    {
        _counts[(int)section]++;
        return true;
    }

    private bool Undo(int start)
    {
        foreach (var name in _names.Where(entry => entry.Value >= start).Select(entry => entry.Key).ToArray()) _names.Remove(name);
        _at = start;
        return false;
    }
}
