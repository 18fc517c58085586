using System.Buffers.Binary;

namespace Nashi.Lan.Messages;

/// <summary>Decodes messages from strangers. Total: any bytes give a message or false, in time and memory bounded by their length.</summary>
/// <remarks>
/// Compression pointers must lead strictly backwards, each before where the last one led, so a name ends after at most as many jumps as it has bytes
/// before it; names are cut off at 255 bytes. A message that is cut short or counts more than it holds is rejected as a whole.
/// </remarks>
internal ref struct DnsReader
{
    private const int HeaderSize = 12;
    private const int ClassInternet = 1;

    private readonly ReadOnlySpan<byte> _message;
    private int _at;

    private DnsReader(ReadOnlySpan<byte> message) => _message = message;

    /// <summary>Decodes a message.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out DnsMessage message)
    {
        message = null!;
        if (bytes.Length is < HeaderSize or > DnsMessage.MaxSize) return false;
        var reader = new DnsReader(bytes);
        var id = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var flags = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        // Other operations than a query, and answers that report failures, are to be ignored: RFC 6762 §18.3, §18.11.
        if ((flags & 0x780f) != 0) return false;
        Span<int> counts = stackalloc int[4];
        for (var i = 0; i < counts.Length; i++) counts[i] = BinaryPrimitives.ReadUInt16BigEndian(bytes[(4 + (2 * i))..]);
        reader._at = HeaderSize;
        if (counts[0] > DnsMessage.MaxQuestions || counts[1] + counts[2] + counts[3] > DnsMessage.MaxRecords) return false;
        if (!reader.TryReadQuestions(counts[0], out var questions)) return false;
        if (!reader.TryReadRecords(counts[1], out var answers) || !reader.TryReadRecords(counts[2], out _)) return false;
        if (!reader.TryReadRecords(counts[3], out var additionals)) return false;
        message = new DnsMessage
        {
            Id = id,
            IsResponse = (flags & 0x8000) != 0,
            IsTruncated = (flags & 0x0200) != 0,
            Questions = questions,
            Answers = answers,
            Additionals = additionals,
        };
        return true;
    }

    private bool TryReadQuestions(int count, out List<DnsQuestion> questions)
    {
        questions = [];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadName(out var name) || !TryReadUInt16(out var type) || !TryReadUInt16(out var kind)) return false;
            if ((kind & 0x7fff) is ClassInternet or 255) questions.Add(new DnsQuestion(name, (DnsType)type, (kind & 0x8000) != 0));
        }

        return true;
    }

    private bool TryReadRecords(int count, out List<DnsRecord> records)
    {
        records = [];
        for (var i = 0; i < count; i++)
        {
            if (!TryReadRecord(out var record)) return false;
            if (record is not null) records.Add(record);
        }

        return true;
    }

    // Null for a record of another class, which is passed over.
    private bool TryReadRecord(out DnsRecord? record)
    {
        record = null;
        if (!TryReadName(out var name) || !TryReadUInt16(out var type) || !TryReadUInt16(out var kind)) return false;
        if (!TryReadUInt16(out var high) || !TryReadUInt16(out var low) || !TryReadUInt16(out var length)) return false;
        if (length > _message.Length - _at) return false;
        var end = _at + length;
        if ((kind & 0x7fff) == ClassInternet)
        {
            record = new DnsRecord(name, (DnsType)type, ((uint)high << 16) | low, default) { IsUnique = (kind & 0x8000) != 0 };
            if (!TryReadData(end, ref record)) return false;
        }

        _at = end;
        return true;
    }

    private bool TryReadData(int end, ref DnsRecord record)
    {
        switch (record.Type)
        {
            case DnsType.Ptr:
                if (!TryReadName(out var target) || _at != end) return false;
                record = record with { Target = target };
                return true;
            case DnsType.Srv:
                if (!TryReadUInt16(out _) || !TryReadUInt16(out _) || !TryReadUInt16(out var port)) return false;
                if (!TryReadName(out var host) || _at != end) return false;
                record = record with { Target = host, Port = port };
                return true;
            default:
                record = record with { Data = _message[_at..end].ToArray() };
                return true;
        }
    }

    private bool TryReadName(out DnsName name)
    {
        name = null!;
        Span<byte> wire = stackalloc byte[DnsName.MaxSize];
        var size = 0;
        var at = _at;
        var limit = _at;
        var hasJumped = false;
        while (at < _message.Length)
        {
            var length = _message[at];
            if (length >= 0xc0)
            {
                if (at + 1 >= _message.Length) return false;
                var to = ((length & 0x3f) << 8) | _message[at + 1];
                if (to >= limit || to < HeaderSize) return false;
                if (!hasJumped) _at = at + 2;
                (hasJumped, limit, at) = (true, to, to);
                continue;
            }

            // The two other prefixes are reserved.
            if (length > DnsName.MaxLabel || size + 1 + length > DnsName.MaxSize || at + 1 + length > _message.Length) return false;
            _message.Slice(at, 1 + length).CopyTo(wire[size..]);
            size += 1 + length;
            at += 1 + length;
            if (length != 0) continue;
            if (!hasJumped) _at = at;
            name = new DnsName(wire[..size]);
            return true;
        }

        return false;
    }

    private bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (_message.Length - _at < 2) return false;
        value = BinaryPrimitives.ReadUInt16BigEndian(_message[_at..]);
        _at += 2;
        return true;
    }
}
