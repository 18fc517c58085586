namespace Nashi.Protomux.Protocol;

/// <summary>One of our channels, as the core sees it.</summary>
/// <remarks>
/// Born by <see cref="MuxCore.TryOpen"/>, dead once closed. Invariants: <see cref="LocalId"/> is positive while open; <see cref="RemoteId"/> is
/// positive exactly while a remote channel is paired with it.
/// </remarks>
internal sealed class MuxChannel(Pairing pairing, object? owner)
{
    /// <summary>The shell's object.</summary>
    public object? Owner { get; set; } = owner;

    public Pairing Pairing { get; } = pairing;

    /// <summary>Our number for it: the one our frames carry.</summary>
    public int LocalId { get; set; }

    /// <summary>The remote's number for it: the one the remote's frames carry.</summary>
    public int RemoteId { get; set; }

    /// <summary>Whether the remote's open was delivered.</summary>
    public bool IsOpened { get; set; }

    public bool IsClosed { get; set; }

    /// <summary>Whether a send said to wait, and no drain was delivered since.</summary>
    public bool IsStarved { get; set; }
}
