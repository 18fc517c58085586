using Nashi.Encoding;
using Nashi.Storage.Kv;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>Walks stored blocks in order. One owner; dispose it.</summary>
public sealed class BlockCursor : IDisposable
{
    private readonly IKeyValueStore _store;
    private readonly List<(ulong Pointer, ulong Start, ulong End)> _segments;
    private KeyValueCursor? _cursor;
    private int _next;

    internal BlockCursor(IKeyValueStore store, List<(ulong Pointer, ulong Start, ulong End)> segments) => (_store, _segments) = (store, segments);

    /// <summary>The number of the block here.</summary>
    public ulong Index { get; private set; }

    /// <summary>The block here, valid until the next move.</summary>
    public ReadOnlySpan<byte> Block => _cursor is null ? default : _cursor.Value;

    /// <summary>Moves to the next stored block; false at the end.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (_cursor is null && !OpenNext()) return false;
            while (_cursor!.MoveNext())
            {
                if (!StorageKeys.TrySplit(_cursor.Key, out _, out var rest) || !IndexEncoder.TryReadUInt(ref rest, out var index)) continue;
                Index = index;
                return true;
            }

            _cursor.Dispose();
            _cursor = null;
        }
    }

    /// <summary>Frees what the cursor holds.</summary>
    public void Dispose()
    {
        _next = _segments.Count;
        _cursor?.Dispose();
        _cursor = null;
    }

    private bool OpenNext()
    {
        if (_next == _segments.Count) return false;
        var (pointer, start, end) = _segments[_next++];
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        _cursor = _store.Range(StorageKeys.Of(from, pointer, DataRecord.Block, start), StorageKeys.Of(to, pointer, DataRecord.Block, end));
        return true;
    }
}
