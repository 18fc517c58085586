namespace Nashi.Dht.HolePunching;

/// <summary>How the address translator in front of a socket treats it.</summary>
public enum NatKind
{
    /// <summary>Not found out yet.</summary>
    Unknown = 0,

    /// <summary>None: anybody can reach the socket.</summary>
    Open = 1,

    /// <summary>Everybody sees the socket at the same address and port.</summary>
    Consistent = 2,

    /// <summary>Each destination sees another port.</summary>
    Random = 3,
}
