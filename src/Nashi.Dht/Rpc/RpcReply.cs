using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>A node's answer.</summary>
/// <param name="From">Who answered: always the one that was asked.</param>
/// <param name="FromId">Its id, proven to belong to its address; null when it is ephemeral.</param>
/// <param name="Socket">On which socket the answer came.</param>
/// <param name="Response">What it said.</param>
internal sealed record RpcReply(UdpAddress From, Bytes32? FromId, object Socket, RpcResponse Response)
{
    /// <summary>Where it sees us.</summary>
    public UdpAddress Seen => Response.To;

    /// <summary>Zero when all went well.</summary>
    public ulong Error => Response.Error;

    /// <summary>What it carries.</summary>
    public byte[]? Value => Response.Value;

    /// <summary>To be shown when something is to be stored.</summary>
    public Bytes32? Token => Response.Token;
}
