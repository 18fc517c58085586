using System.Buffers;
using System.Buffers.Binary;

namespace Nashi.Udx.Protocol;

/// <summary>Packets that arrived before the ones they follow.</summary>
/// <remarks>
/// Bounded in packets ahead and in bytes, whatever the sender's idea of our window. Ranges are kept sorted, so that selective acknowledgements are read off
/// and never searched for.
/// </remarks>
internal sealed class ReorderBuffer(int bytesMax)
{
    private const int PacketsAheadMax = 32_768;
    private const int LatestMax = 64;

    private readonly Dictionary<uint, Stored> _packets = [];
    private readonly List<(uint Start, uint End)> _ranges = [];

    // What came last, in a ring: the sender must hear of it even when there are more ranges than one packet can name.
    private readonly uint[] _latest = new uint[LatestMax];
    private uint _latestCount;

    /// <summary>Bytes of payload that may be held.</summary>
    public int BytesMax { get; set; } = bytesMax;

    /// <summary>Bytes of payload held.</summary>
    public int Bytes { get; private set; }

    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>Keeps a packet.</summary>
    /// <returns>False when it is held already or there is no room.</returns>
    public bool TryAdd(uint expected, uint sequence, PacketTypes types, ReadOnlySpan<byte> payload)
    {
        if (Serial.Distance(expected, sequence) >= PacketsAheadMax || Bytes + payload.Length > BytesMax || _packets.ContainsKey(sequence)) return false;
        var copy = payload.IsEmpty ? [] : ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        _packets.Add(sequence, new Stored(copy, payload.Length, types));
        Bytes += payload.Length;
        _latest[_latestCount++ % LatestMax] = sequence;
        Insert(sequence);
        return true;
    }

    /// <summary>Takes the packet that is expected next, if it is here. Give the bytes back with <see cref="Return"/>.</summary>
    public bool TryTake(uint sequence, out Stored packet)
    {
        if (!_packets.Remove(sequence, out packet)) return false;
        Bytes -= packet.Length;
        var (start, end) = _ranges[0];
        if (start + 1 == end) _ranges.RemoveAt(0);
        else _ranges[0] = (start + 1, end);
        return true;
    }

    public static void Return(in Stored packet)
    {
        if (packet.Bytes.Length > 0) ArrayPool<byte>.Shared.Return(packet.Bytes);
    }

    /// <summary>Writes ranges of what is held, ascending, 8 bytes each: all of them, or, when they are too many, the lowest and those that changed last.</summary>
    /// <returns>Bytes written.</returns>
    public int WriteRanges(Span<byte> destination, int rangesMax)
    {
        var max = Math.Min(rangesMax, destination.Length / 8);
        if (_ranges.Count > max) return WriteSome(destination, stackalloc int[max]);
        for (var i = 0; i < _ranges.Count; i++) WriteRange(destination, i, _ranges[i]);
        return _ranges.Count * 8;
    }

    public void Clear()
    {
        foreach (var packet in _packets.Values) Return(packet);
        _packets.Clear();
        _ranges.Clear();
        (Bytes, _latestCount) = (0, 0);
    }

    private static void WriteRange(Span<byte> destination, int place, (uint Start, uint End) range)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(place * 8)..], range.Start);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[((place * 8) + 4)..], range.End);
    }

    private int WriteSome(Span<byte> destination, Span<int> chosen)
    {
        var lowest = chosen.Length / 2;
        for (var i = 0; i < lowest; i++) chosen[i] = i;
        var count = lowest;
        for (uint back = 1; back <= Math.Min(_latestCount, LatestMax) && count < chosen.Length; back++)
        {
            var index = Find(_latest[(_latestCount - back) % LatestMax]);
            if (index >= lowest && !chosen[lowest..count].Contains(index)) chosen[count++] = index;
        }

        for (var i = lowest; count < chosen.Length; i++)
        {
            if (!chosen[lowest..count].Contains(i)) chosen[count++] = i;
        }

        chosen.Sort();
        for (var i = 0; i < chosen.Length; i++) WriteRange(destination, i, _ranges[chosen[i]]);
        return chosen.Length * 8;
    }

    // The range that holds a packet; -1 when it was delivered since.
    private int Find(uint sequence)
    {
        var (low, high) = (0, _ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (Serial.IsBefore(sequence, _ranges[middle].Start)) high = middle - 1;
            else if (!Serial.IsBefore(sequence, _ranges[middle].End)) low = middle + 1;
            else return middle;
        }

        return -1;
    }

    // Most packets extend the last range: looked at from the end.
    private void Insert(uint sequence)
    {
        var at = _ranges.Count;
        while (at > 0 && Serial.IsAfter(_ranges[at - 1].Start, sequence)) at--;
        var joinsBefore = at > 0 && _ranges[at - 1].End == sequence;
        var joinsAfter = at < _ranges.Count && _ranges[at].Start == sequence + 1;
        if (joinsBefore && joinsAfter)
        {
            _ranges[at - 1] = (_ranges[at - 1].Start, _ranges[at].End);
            _ranges.RemoveAt(at);
        }
        else if (joinsBefore) _ranges[at - 1] = (_ranges[at - 1].Start, sequence + 1);
        else if (joinsAfter) _ranges[at] = (sequence, _ranges[at].End);
        else _ranges.Insert(at, (sequence, sequence + 1));
    }

    /// <summary>A packet that waits.</summary>
    internal readonly record struct Stored(byte[] Bytes, int Length, PacketTypes Types)
    {
        public ReadOnlySpan<byte> Payload => Bytes.AsSpan(0, Length);
    }
}
