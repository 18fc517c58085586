using System.Buffers;

namespace Nashi.SecretStream.Protocol;

/// <summary>Received bytes, cut into frames where they lie.</summary>
/// <remarks>
/// Pure; one owner. Invariant: its size follows what was received, never what a length prefix announces: at most twice the bytes held, or what the last
/// reads filled. A frame taken stays valid until <see cref="GetSpace"/>.
/// </remarks>
internal sealed class FrameBuffer
{
    private const int Smallest = 4 * 1024;
    private const int LargestIdle = 256 * 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _end;
    private int _wanted = Smallest;

    /// <summary>Bytes received and not taken.</summary>
    public int Length => _end - _start;

    /// <summary>Room for the next read.</summary>
    public Memory<byte> GetSpace()
    {
        if (Length == 0) Restart();
        else if (_buffer.Length - _end < Math.Max(Smallest / 2, _buffer.Length / 4)) MakeRoom();
        return _buffer.AsMemory(_end);
    }

    /// <summary>Says how many bytes were read into the space.</summary>
    public void Commit(int count)
    {
        var space = _buffer.Length - _end;
        _end += count;
        if (count == space) _wanted = Math.Min(_buffer.Length * 2, LargestIdle);
        else if (count < _buffer.Length / 8) _wanted = Math.Max(_buffer.Length / 2, Smallest);
    }

    /// <summary>Takes the next frame's body.</summary>
    public FrameStatus TryTake(int maxLength, out Memory<byte> frame)
    {
        frame = default;
        if (Length < Frame.PrefixSize) return FrameStatus.Incomplete;
        var length = Frame.ReadLength(_buffer.AsSpan(_start));
        if (length > maxLength) return FrameStatus.TooLarge;
        if (Length - Frame.PrefixSize < length) return FrameStatus.Incomplete;
        frame = _buffer.AsMemory(_start + Frame.PrefixSize, length);
        _start += Frame.PrefixSize + length;
        return FrameStatus.Complete;
    }

    /// <summary>Gives the memory back; nothing taken from it may be in use.</summary>
    public void Release()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _start = _end = 0;
    }

    private void Restart()
    {
        _start = _end = 0;
        if (_buffer.Length >= _wanted && _buffer.Length < _wanted * 2) return;
        Release();
        _buffer = ArrayPool<byte>.Shared.Rent(_wanted);
    }

    // Few bytes in a large buffer move to its front; a buffer mostly full doubles.
    private void MakeRoom()
    {
        var target = _buffer;
        if (Length > _buffer.Length / 2) target = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        else if (_buffer.Length < _wanted) target = ArrayPool<byte>.Shared.Rent(_wanted);
        _buffer.AsSpan(_start, Length).CopyTo(target);
        if (target != _buffer) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = target;
        _end -= _start;
        _start = 0;
    }
}
