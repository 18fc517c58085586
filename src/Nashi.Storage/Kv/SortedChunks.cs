namespace Nashi.Storage.Kv;

/// <summary>Sorted keys and values in short arrays: inserting moves a few hundred entries at most.</summary>
internal sealed class SortedChunks
{
    private const int ChunkSize = 512;

    // Invariant: no chunk is empty, and every key of a chunk sorts before every key of the next.
    private readonly List<List<(byte[] Key, byte[] Value)>> _chunks = [];

    public int Count { get; private set; }

    public byte[]? Find(ReadOnlySpan<byte> key)
    {
        if (!TryLocate(key, out var chunk, out var at)) return null;
        return _chunks[chunk][at].Value;
    }

    public void Set(byte[] key, byte[] value)
    {
        if (TryLocate(key, out var chunk, out var at))
        {
            _chunks[chunk][at] = (key, value);
            return;
        }

        if (_chunks.Count == 0) _chunks.Add([]);
        _chunks[chunk].Insert(at, (key, value));
        Count++;
        if (_chunks[chunk].Count > ChunkSize) Split(chunk);
    }

    public void Remove(ReadOnlySpan<byte> key)
    {
        if (!TryLocate(key, out var chunk, out var at)) return;
        _chunks[chunk].RemoveAt(at);
        if (_chunks[chunk].Count == 0) _chunks.RemoveAt(chunk);
        Count--;
    }

    public void RemoveRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        foreach (var (key, _) in Copy(from, to)) Remove(key);
    }

    public List<(byte[] Key, byte[] Value)> Copy(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var copy = new List<(byte[] Key, byte[] Value)>();
        TryLocate(from, out var chunk, out var at);
        for (; chunk < _chunks.Count; chunk++, at = 0)
        {
            for (; at < _chunks[chunk].Count; at++)
            {
                var entry = _chunks[chunk][at];
                if (to.SequenceCompareTo(entry.Key) <= 0) return copy;
                copy.Add(entry);
            }
        }

        return copy;
    }

    // Finds the entry of a key, or where it would be inserted.
    private bool TryLocate(ReadOnlySpan<byte> key, out int chunk, out int at)
    {
        var (low, high) = (0, _chunks.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (key.SequenceCompareTo(_chunks[middle][0].Key) >= 0) low = middle;
            else high = middle - 1;
        }

        chunk = low;
        at = 0;
        return _chunks.Count > 0 && TryLocateIn(_chunks[chunk], key, out at);
    }

    private static bool TryLocateIn(List<(byte[] Key, byte[] Value)> chunk, ReadOnlySpan<byte> key, out int at)
    {
        var (low, high) = (0, chunk.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = key.SequenceCompareTo(chunk[middle].Key);
            if (order == 0)
            {
                at = middle;
                return true;
            }

            if (order > 0) low = middle + 1;
            else high = middle;
        }

        at = low;
        return false;
    }

    private void Split(int chunk)
    {
        var whole = _chunks[chunk];
        _chunks.Insert(chunk + 1, whole.GetRange(ChunkSize / 2, whole.Count - (ChunkSize / 2)));
        whole.RemoveRange(ChunkSize / 2, whole.Count - (ChunkSize / 2));
    }
}
