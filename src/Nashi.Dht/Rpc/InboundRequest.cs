using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>A request that came in.</summary>
/// <param name="From">Who sent it.</param>
/// <param name="FromId">Its id, proven to belong to its address; null when it is ephemeral.</param>
/// <param name="Socket">On which socket it came.</param>
/// <param name="Message">What it says. A token in it has been verified.</param>
/// <param name="Size">Bytes of the datagram.</param>
internal sealed record InboundRequest(UdpAddress From, Bytes32? FromId, object Socket, RpcRequest Message, int Size);
