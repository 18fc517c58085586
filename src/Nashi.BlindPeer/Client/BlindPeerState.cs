using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>How it stands with one blind peer.</summary>
/// <param name="Peer">Its key.</param>
/// <param name="IsConnected">Whether a connection stands.</param>
/// <param name="Requests">How many cores and groups it is asked to keep.</param>
/// <param name="Failures">How many connections failed in a row.</param>
/// <param name="Problem">Why the last one did; null when none did.</param>
public readonly record struct BlindPeerState(PublicKey Peer, bool IsConnected, int Requests, int Failures, string? Problem);
