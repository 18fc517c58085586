namespace Nashi.Abuse.SlowPeers;

/// <summary>In which way a peer is slow.</summary>
internal enum SlowKind
{
    /// <summary>Connects and says nothing.</summary>
    Silent,

    /// <summary>Begins the handshake and stops in its midst.</summary>
    HalfOpen,

    /// <summary>After the handshake, announces the largest frame and drips it.</summary>
    Drip,

    /// <summary>After the handshake, sends 64 KiB of the largest frame and stops.</summary>
    Stalled,

    /// <summary>Asks for every block and reads no answer.</summary>
    Deaf,
}
