using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The numbers and names peers use to connect. Source: network.md §3.1, §3.2.</summary>
internal static class ConnectCommands
{
    /// <summary>PEER_HANDSHAKE.</summary>
    public const ulong Handshake = 0;

    /// <summary>PEER_HOLEPUNCH.</summary>
    public const ulong Holepunch = 1;

    /// <summary>The prologue of the Noise handshake.</summary>
    public static Bytes32 Prologue { get; } = Namespaces.Derive("hyperswarm/dht", 0);

    /// <summary>Under which target a server is found.</summary>
    public static Bytes32 TargetOf(PublicKey key) => Blake2b.Hash(key.Value.AsSpan());
}
