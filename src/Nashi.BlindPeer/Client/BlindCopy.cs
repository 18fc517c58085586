using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>What one blind peer said that it holds of a core; its own words.</summary>
/// <param name="Peer">Which.</param>
/// <param name="Length">The length it knows.</param>
/// <param name="ContiguousLength">It holds all blocks below this one; 0 for a core of which it gave up the first ones.</param>
/// <param name="HasLast">Whether it holds the last block that we know.</param>
/// <param name="IsConnected">False when it is what it said last, before the connection was lost.</param>
public readonly record struct BlindCopy(PublicKey Peer, ulong Length, ulong ContiguousLength, bool HasLast, bool IsConnected);
