namespace Nashi.Dht.Rpc;

/// <summary>The commands every node answers. Source: network.md §2.4.</summary>
internal static class InternalCommand
{
    /// <summary>Are you there?</summary>
    public const ulong Ping = 0;

    /// <summary>Are you there? Answer to another port of mine.</summary>
    public const ulong PingNat = 1;

    /// <summary>Whom do you know near the target?</summary>
    public const ulong FindNode = 2;

    /// <summary>A node you know seems to be gone.</summary>
    public const ulong DownHint = 3;

    /// <summary>Answer later: keeps a translator's entry alive for a while.</summary>
    public const ulong DelayedPing = 4;
}
