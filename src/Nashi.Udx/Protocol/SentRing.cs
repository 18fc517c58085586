namespace Nashi.Udx.Protocol;

/// <summary>Packets from the first unacknowledged to the last sent, by sequence number.</summary>
internal sealed class SentRing(uint first)
{
    private SentPacket[] _packets = new SentPacket[8];

    /// <summary>The first unacknowledged packet.</summary>
    public uint First { get; private set; } = first;

    /// <summary>The next packet to send.</summary>
    public uint Next { get; private set; } = first;

    public int Count => Serial.Distance(First, Next);

    public bool IsEmpty => First == Next;

    public ref SentPacket this[uint sequence] => ref _packets[sequence & (uint)(_packets.Length - 1)];

    /// <summary>Adds the packet with number <see cref="Next"/>, to be filled in.</summary>
    public ref SentPacket Add()
    {
        if (Count == _packets.Length) Grow();
        ref var packet = ref this[Next];
        Next++;
        packet = default;
        return ref packet;
    }

    /// <summary>Forgets the first packet.</summary>
    public void RemoveFirst() => First++;

    /// <summary>Whether a packet is held.</summary>
    public bool Contains(uint sequence) => Serial.Distance(First, sequence) >= 0 && Serial.Distance(sequence, Next) > 0;

    private void Grow()
    {
        var larger = new SentPacket[_packets.Length * 2];
        for (var sequence = First; sequence != Next; sequence++) larger[sequence & (uint)(larger.Length - 1)] = this[sequence];
        _packets = larger;
    }
}
