namespace Nashi.Udx.Protocol;

/// <summary>What a packet carries, as bits of its third byte; none is a state packet (an acknowledgement). Spec: network.md §1.1.</summary>
[Flags]
internal enum PacketTypes : byte
{
    None = 0,
    Data = 1,
    End = 2,
    Sack = 4,
    Message = 8,
    Destroy = 16,
    Heartbeat = 32,
}
