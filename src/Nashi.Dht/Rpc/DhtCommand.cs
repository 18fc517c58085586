namespace Nashi.Dht.Rpc;

/// <summary>The commands of the connect DHT. Source: network.md §3.2.</summary>
internal static class DhtCommand
{
    /// <summary>Passed on to a peer: its handshake.</summary>
    public const ulong PeerHandshake = 0;

    /// <summary>Passed on to a peer: its hole punching.</summary>
    public const ulong PeerHolepunch = 1;

    /// <summary>Who announced the key whose hash is the target?</summary>
    public const ulong FindPeer = 2;

    /// <summary>Who announced the topic?</summary>
    public const ulong Lookup = 3;

    /// <summary>I am to be found here.</summary>
    public const ulong Announce = 4;

    /// <summary>No longer.</summary>
    public const ulong Unannounce = 5;

    /// <summary>Store a signed value under its key.</summary>
    public const ulong MutablePut = 6;

    /// <summary>Tell a signed value.</summary>
    public const ulong MutableGet = 7;

    /// <summary>Store a value under its hash.</summary>
    public const ulong ImmutablePut = 8;

    /// <summary>Tell a value.</summary>
    public const ulong ImmutableGet = 9;

    /// <summary>The last of the commands only persistent nodes answer.</summary>
    public const ulong Plugin = 10;
}
