using Nashi.Datagrams;
using Nashi.Dht.HolePunching;

namespace Nashi.Dht;

/// <summary>What is known of both sides right before a hole is punched, for an application that wants a say.</summary>
/// <param name="Remote">How the translator before the peer behaves, as the peer says.</param>
/// <param name="Local">How ours does.</param>
/// <param name="RemoteAddresses">Where the peer says it is seen.</param>
/// <param name="LocalAddresses">Where we are seen; port 0 where it changes.</param>
public sealed record HolepunchProposal(NatKind Remote, NatKind Local, IReadOnlyList<UdpAddress> RemoteAddresses, IReadOnlyList<UdpAddress> LocalAddresses);
