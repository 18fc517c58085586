using System.Buffers;
using System.Numerics;

namespace Nashi.Udx.Protocol;

/// <summary>Bytes written and not yet acknowledged, addressed by their offset in the stream.</summary>
/// <remarks>One buffer, grown by doubling up to what was ever outstanding, given back when empty.</remarks>
internal sealed class ByteRing
{
    // Small: a stranger's connection that never speaks holds a few bytes unacknowledged until it is given up.
    private const int InitialSize = 1024;

    private byte[] _buffer = [];
    private long _start;
    private long _end;

    /// <summary>The offset of the first byte held.</summary>
    public long Start => _start;

    /// <summary>The offset after the last byte held.</summary>
    public long End => _end;

    public int Length => (int)(_end - _start);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        Reserve(Length + bytes.Length);
        var at = (int)(_end & (_buffer.Length - 1));
        var first = Math.Min(bytes.Length, _buffer.Length - at);
        bytes[..first].CopyTo(_buffer.AsSpan(at));
        bytes[first..].CopyTo(_buffer);
        _end += bytes.Length;
    }

    public void CopyTo(long offset, Span<byte> destination)
    {
        // An end without data asks for nothing, perhaps of a buffer that was given back.
        if (destination.IsEmpty) return;
        var at = (int)(offset & (_buffer.Length - 1));
        var first = Math.Min(destination.Length, _buffer.Length - at);
        _buffer.AsSpan(at, first).CopyTo(destination);
        _buffer.AsSpan(0, destination.Length - first).CopyTo(destination[first..]);
    }

    /// <summary>Forgets what lies before an offset.</summary>
    public void Release(long offset) => _start = offset;

    /// <summary>Gives the buffer back; what it held is forgotten.</summary>
    public void Clear()
    {
        _start = _end;
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private void Reserve(int length)
    {
        if (length <= _buffer.Length) return;
        // The pool's arrays have sizes of powers of two, so offsets keep their place under the mask.
        var larger = ArrayPool<byte>.Shared.Rent((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, InitialSize)));
        var size = 1 << BitOperations.Log2((uint)larger.Length);
        if (size != larger.Length) larger = new byte[size];
        if (_buffer.Length > 0)
        {
            Move(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }

    private void Move(byte[] larger)
    {
        for (var offset = _start; offset < _end;)
        {
            var from = (int)(offset & (_buffer.Length - 1));
            var to = (int)(offset & (larger.Length - 1));
            var count = (int)Math.Min(_end - offset, Math.Min(_buffer.Length - from, larger.Length - to));
            _buffer.AsSpan(from, count).CopyTo(larger.AsSpan(to));
            offset += count;
        }
    }
}
