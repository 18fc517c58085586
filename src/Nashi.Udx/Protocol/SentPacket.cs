namespace Nashi.Udx.Protocol;

/// <summary>What the sender remembers of a packet until it is acknowledged in order.</summary>
internal struct SentPacket
{
    /// <summary>Where its bytes begin in the stream.</summary>
    public long Offset;

    /// <summary>When it was last sent, in microseconds.</summary>
    public long SentAt;

    /// <summary>When it was first sent.</summary>
    public long FirstAt;

    /// <summary>Bytes delivered when it was sent, for the delivery rate.</summary>
    public long Delivered;

    /// <summary>When <see cref="Delivered"/> was reached.</summary>
    public long DeliveredAt;

    /// <summary>When the first packet of its flight was sent.</summary>
    public long FirstSentAt;

    /// <summary>Bytes of payload.</summary>
    public ushort Length;

    /// <summary>Padding of a probe, 0 otherwise.</summary>
    public byte Padding;

    /// <summary>Which of the stream's paths it was made for.</summary>
    public byte Path;

    /// <summary>Data, End or both.</summary>
    public PacketTypes Types;

    public SentState State;

    /// <summary>Whether it was sent more than once.</summary>
    public bool IsRetransmitted;

    /// <summary>Whether the application gave less than the network would have taken.</summary>
    public bool IsAppLimited;
}
