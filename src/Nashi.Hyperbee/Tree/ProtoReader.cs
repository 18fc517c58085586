namespace Nashi.Hyperbee.Tree;

/// <summary>Reads Protocol Buffers fields from bytes that a stranger may have written. Total: it answers false, it never throws.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    // JavaScript peers count in doubles: no number in the format is ever above this.
    private const ulong Max = (1UL << 53) - 1;
    private ReadOnlySpan<byte> _rest = bytes;

    public bool IsBroken { get; private set; }

    public readonly bool IsEmpty => _rest.IsEmpty;

    public bool TryReadTag(out int field, out int kind)
    {
        (field, kind) = (0, 0);
        if (_rest.IsEmpty || IsBroken || !TryReadVarint(out var tag) || tag > int.MaxValue) return false;
        (field, kind) = ((int)(tag >> 3), (int)(tag & 7));
        return true;
    }

    public bool TryReadBytes(int kind, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (kind != 2 || !TryReadVarint(out var length) || length > (ulong)_rest.Length) return Break();
        value = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < 8 && i < _rest.Length; i++)
        {
            var next = _rest[i];
            value |= (ulong)(next & 0x7f) << (7 * i);
            if (next >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return value <= Max || Break();
        }

        return Break();
    }

    public bool TrySkip(int kind) => kind switch
    {
        0 => TryReadVarint(out _),
        1 => TryDrop(8),
        2 => TryReadBytes(kind, out _),
        5 => TryDrop(4),
        _ => Break(),
    };

    private bool TryDrop(int count)
    {
        if (_rest.Length < count) return Break();
        _rest = _rest[count..];
        return true;
    }

    private bool Break()
    {
        IsBroken = true;
        return false;
    }
}
