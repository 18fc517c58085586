using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>What stands above the request layer.</summary>
internal interface IRpcOwner
{
    /// <summary>Where requests leave from unless they say otherwise.</summary>
    object DefaultSocket { get; }

    /// <summary>The id to be told in what leaves from a socket; null to tell none.</summary>
    Bytes32? IdOn(object socket);

    /// <summary>A request came in; its token, if it has one, is valid.</summary>
    void HandleRequest(InboundRequest request, Instant now);

    /// <summary>A request was answered; called before the asker hears of it.</summary>
    void HandleReply(RpcReply reply, Instant now);

    /// <summary>A request was not answered in all its attempts; called before the asker hears of it.</summary>
    void HandleSilence(RpcCall call, Instant now);

    /// <summary>Whether an address has proven that it hears us.</summary>
    bool IsProven(Nashi.Datagrams.UdpAddress address);

    /// <summary>Nodes near a target, for an answer.</summary>
    IReadOnlyList<Nashi.Datagrams.UdpAddress> CloserTo(Bytes32 target);
}
