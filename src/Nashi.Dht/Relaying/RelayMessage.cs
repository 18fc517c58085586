namespace Nashi.Dht.Relaying;

/// <summary>The numbers of the messages on a blind-relay channel. Source: network.md §7.</summary>
internal static class RelayMessage
{
    /// <summary>The channel's protocol.</summary>
    public const string Protocol = "blind-relay";

    /// <summary>A <see cref="PairMessage"/>.</summary>
    public const int Pair = 0;

    /// <summary>An <see cref="UnpairMessage"/>.</summary>
    public const int Unpair = 1;
}
