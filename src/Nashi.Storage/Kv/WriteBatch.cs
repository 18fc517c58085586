using System.Buffers.Binary;

namespace Nashi.Storage.Kv;

/// <summary>Changes that are applied as a whole, in order. Not thread-safe.</summary>
/// <remarks>
/// Kept in the layout of RocksDB's own batches, so that handing one over is a single call: sequence number u64, count u32, then for each change a
/// tag, the column family and length-prefixed key and value, all varint. The same bytes are what RocksDB writes to its log.
/// </remarks>
public sealed class WriteBatch
{
    internal const byte PutTag = 0x5;
    internal const byte DeleteTag = 0x4;
    internal const byte DeleteRangeTag = 0xe;
    private const int HeaderSize = 12;

    private const int LargeSize = 1 << 20;
    private const int MaxSmallInARow = 8;

    private readonly uint _columnFamily;
    private int _smallInARow;
    private byte[] _bytes = new byte[1024];
    private int _length = HeaderSize;
    private uint _count;

    internal WriteBatch(uint columnFamily) => _columnFamily = columnFamily;

    /// <summary>How many changes it holds.</summary>
    public int Count => (int)_count;

    /// <summary>How many bytes the changes take.</summary>
    public int Size => _length - HeaderSize;

    /// <summary>Sets a key.</summary>
    public void Put(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value) => value.CopyTo(Put(key, value.Length));

    /// <summary>Sets a key to a value of a given length, and returns where to write it; fill it before the next change.</summary>
    public Span<byte> Put(scoped ReadOnlySpan<byte> key, int valueLength)
    {
        Begin(PutTag, key.Length + valueLength);
        Append(key);
        AppendVarint((uint)valueLength);
        var value = _bytes.AsSpan(_length, valueLength);
        _length += valueLength;
        return value;
    }

    /// <summary>Removes a key; absent is fine.</summary>
    public void Delete(ReadOnlySpan<byte> key)
    {
        Begin(DeleteTag, key.Length);
        Append(key);
    }

    /// <summary>Removes every key from <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public void DeleteRange(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        if (from.SequenceCompareTo(to) >= 0) return;
        Begin(DeleteRangeTag, from.Length + to.Length);
        Append(from);
        Append(to);
    }

    /// <summary>Adds all changes of another batch of the same store, in order.</summary>
    public void Append(WriteBatch other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var changes = other._bytes.AsSpan(HeaderSize, other.Size);
        Reserve(changes.Length);
        changes.CopyTo(_bytes.AsSpan(_length));
        _length += changes.Length;
        _count += other._count;
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        // One huge batch must not be remembered for ever; who writes huge ones all the time must not get a new array for each.
        _smallInARow = _bytes.Length <= LargeSize || _length > _bytes.Length / 4 ? 0 : _smallInARow + 1;
        if (_smallInARow >= MaxSmallInARow) (_bytes, _smallInARow) = (new byte[1024], 0);
        _length = HeaderSize;
        _count = 0;
    }

    /// <summary>The whole batch as RocksDB reads it.</summary>
    internal ReadOnlySpan<byte> Representation
    {
        get
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(8), _count);
            return _bytes.AsSpan(0, _length);
        }
    }

    /// <summary>Calls <paramref name="visit"/> for each change in order, with the key and the value (or the end of the range).</summary>
    internal void ForEach(Action<byte, byte[], byte[]> visit)
    {
        for (var at = HeaderSize; at < _length;)
        {
            var tag = _bytes[at++];
            ReadVarint(ref at);
            var key = Slice(ref at);
            visit(tag, key, tag == DeleteTag ? [] : Slice(ref at));
        }
    }

    private byte[] Slice(ref int at)
    {
        var length = (int)ReadVarint(ref at);
        at += length;
        return _bytes.AsSpan(at - length, length).ToArray();
    }

    private void Begin(byte tag, int payload)
    {
        Reserve(payload + 16);
        _bytes[_length++] = tag;
        AppendVarint(_columnFamily);
        _count++;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        AppendVarint((uint)bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void AppendVarint(uint value)
    {
        for (; value >= 0x80; value >>= 7) _bytes[_length++] = (byte)(value | 0x80);
        _bytes[_length++] = (byte)value;
    }

    private uint ReadVarint(ref int at)
    {
        uint value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = _bytes[at++];
            value |= (uint)(b & 0x7f) << shift;
            if (b < 0x80) return value;
        }
    }

    private void Reserve(int more)
    {
        var needed = checked(_length + more);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Max(needed, Math.Min(_bytes.Length * 2L, Array.MaxLength)));
    }
}
