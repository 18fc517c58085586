using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>Reads the parts that blocks are made of. Total; counts every element, so that a small block cannot become much memory.</summary>
internal ref struct BlockReader(ReadOnlyMemory<byte> bytes)
{
    private readonly ReadOnlyMemory<byte> _whole = bytes;
    private CompactReader _reader = new(bytes.Span);
    private int _elements;

    public delegate bool Element<T>(ref BlockReader reader, out T value);

    public bool TryReadUInt(out ulong value) => _reader.TryReadUInt(out value);

    public bool TryReadInt32(out int value) => _reader.TryReadInt32(out value);

    public bool TryReadByte(out byte value) => _reader.TryReadByte(out value);

    public bool TryReadBuffer(out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (!_reader.TryReadBuffer(out var found)) return false;
        value = _whole.Slice(_whole.Length - _reader.Remaining - found.Length, found.Length);
        return true;
    }

    public bool TryReadArray<T>(int minElementSize, Element<T> element, [NotNullWhen(true)] out T[]? values)
    {
        values = null;
        if (!_reader.TryReadArrayLength(minElementSize, out var count) || count > TreeBlockCodec.MaxElements - _elements) return false;
        _elements += count;
        var found = count == 0 ? [] : new T[count];
        for (var i = 0; i < found.Length; i++)
        {
            if (!element(ref this, out found[i])) return false;
        }

        values = found;
        return true;
    }

    public bool TryReadCores([NotNullWhen(true)] out CoreEntry[]? cores)
        => TryReadArray(33, static (ref BlockReader reader, out CoreEntry core) => reader.TryReadCore(out core), out cores);

    public bool TryReadBatch(out ulong start, out ulong end)
    {
        end = 0;
        return TryReadUInt(out start) && TryReadUInt(out end);
    }

    public bool TryReadPrevious([NotNullWhen(true)] out BlockPointer? previous)
    {
        var ok = TryReadInt32(out var core) & TryReadUInt(out var seq);
        previous = ok ? new BlockPointer(core, seq) : null;
        return ok;
    }

    private bool TryReadCore(out CoreEntry core)
    {
        core = default;
        ulong fork = 0, length = 0;
        Bytes32 hash = default;
        if (!_reader.TryReadFixed32(out var key) || !_reader.TryReadByte(out var flags)) return false;
        if ((flags & 1) != 0 && !_reader.TryReadUInt(out fork)) return false;
        if ((flags & 2) != 0 && !_reader.TryReadUInt(out length)) return false;
        if ((flags & 4) != 0 && !_reader.TryReadFixed32(out hash)) return false;
        core = new CoreEntry(key, fork, length, (flags & 4) != 0 ? hash : null);
        return true;
    }
}
