using Nashi.SecretStream;

namespace Nashi.Protomux.Protocol;

/// <summary>One thing that happened. Hand it back to <see cref="MuxCore.Release"/> when done with its bytes.</summary>
internal struct MuxEvent
{
    public MuxEventKind Kind;

    /// <summary>Of all kinds but <see cref="MuxEventKind.Pair"/> and <see cref="MuxEventKind.Violation"/>.</summary>
    public MuxChannel? Channel;

    /// <summary>Of a message.</summary>
    public int Type;

    /// <summary>Of a message or an open; of a pairing the id. Valid until released, and no longer than the frame it came with.</summary>
    public ReadOnlyMemory<byte> Payload;

    /// <summary>The pooled array behind <see cref="Payload"/>, where there is one.</summary>
    public byte[]? Pooled;

    /// <summary>Of a close.</summary>
    public bool IsRemote;

    /// <summary>Of a pairing.</summary>
    public ChannelKey Key;

    /// <summary>Of a violation.</summary>
    public CloseReason? Reason;
}
