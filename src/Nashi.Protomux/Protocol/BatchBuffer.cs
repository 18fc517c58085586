using System.Buffers;
using Nashi.Encoding;

namespace Nashi.Protomux.Protocol;

/// <summary>Collects corked messages into one batch frame. Layout: network.md §5.1.</summary>
/// <remarks>Borrows from the pool only while it holds something.</remarks>
internal sealed class BatchBuffer
{
    private byte[] _buffer = [];
    private int _length;
    private int _lastChannel;
    private int _bodyStart;

    /// <summary>How many messages it holds.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes so far.</summary>
    public int Length => _length;

    /// <summary>Adds one message: its type, then its payload.</summary>
    public void Add(int channel, ulong type, ReadOnlySpan<byte> payload)
    {
        var body = CompactSize.UInt(type) + payload.Length;
        Reserve(body + 32);
        var writer = new CompactWriter(_buffer.AsSpan(_length));
        WriteSwitch(ref writer, channel);
        writer.WriteUInt((ulong)body);
        if (Count == 0) _bodyStart = _length + writer.Written;
        writer.WriteUInt(type);
        writer.WriteFixed(payload);
        _length += writer.Written;
        _lastChannel = channel;
        Count++;
    }

    /// <summary>Sends what it holds and empties it; false when the remote is not keeping up.</summary>
    public bool Flush(IMuxSink sink)
    {
        if (Count == 0) return true;
        var drained = Count == 1 ? WriteSingle(sink) : sink.Write(default, _buffer.AsSpan(0, _length));
        Clear();
        return drained;
    }

    /// <summary>Drops what it holds.</summary>
    public void Clear()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = Count = _lastChannel = 0;
    }

    // A batch of one is worth a plain frame: shorter, and the remote need not cork its replies.
    private bool WriteSingle(IMuxSink sink)
    {
        Span<byte> prefix = stackalloc byte[9];
        var writer = new CompactWriter(prefix);
        writer.WriteUInt((ulong)_lastChannel);
        return sink.Write(prefix[..writer.Written], _buffer.AsSpan(_bodyStart, _length - _bodyStart));
    }

    private void WriteSwitch(ref CompactWriter writer, int channel)
    {
        if (Count == 0)
        {
            writer.WriteByte(0);
            writer.WriteByte((byte)MuxControl.Batch);
        }
        else if (channel == _lastChannel)
        {
            return;
        }
        else
        {
            writer.WriteByte(0);
        }

        writer.WriteUInt((ulong)channel);
    }

    private void Reserve(int more)
    {
        if (_buffer.Length - _length >= more) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, Math.Max(_length + more, _length * 2)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
