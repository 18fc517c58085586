namespace Nashi.Protomux.Protocol;

/// <summary>A channel number of the remote that is in use.</summary>
internal sealed class RemoteSlot
{
    /// <summary>Our channel it is paired with; null while undecided.</summary>
    public MuxChannel? Channel { get; set; }

    /// <summary>The handshake it came with, while undecided.</summary>
    public byte[] Handshake { get; set; } = [];

    /// <summary>Messages that came before we decided.</summary>
    public List<MuxEvent>? Pending { get; set; }

    /// <summary>Whether the remote closed it before we decided.</summary>
    public bool IsClosedByRemote { get; set; }
}
