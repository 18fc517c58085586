namespace Nashi.Dht.HolePunching;

/// <summary>How two translators can be got through. Source: network.md §3.9.</summary>
internal enum PunchMethod
{
    /// <summary>Both sides keep their ports: each sends to where the other is seen.</summary>
    Consistent,

    /// <summary>The remote's port changes: try many of its ports from one socket.</summary>
    RandomProbes,

    /// <summary>Our port changes: send from many sockets to the remote's one port.</summary>
    Birthday,

    /// <summary>Both change: only a relay helps.</summary>
    None,
}
