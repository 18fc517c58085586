using Nashi.Datagrams;

namespace Nashi.Lan.Protocol;

/// <summary>What a link core has found.</summary>
/// <param name="Target">What was looked for; null for a node as such.</param>
/// <param name="Peer">Who, and where.</param>
internal readonly record struct LanEvent(LanTarget? Target, LanPeer Peer);
