namespace Nashi.Dht.Rpc;

/// <summary>What the request layer has seen.</summary>
internal sealed class RpcCounters
{
    /// <summary>Requests sent, without repeats.</summary>
    public long Sent { get; set; }

    /// <summary>Answers to them.</summary>
    public long Answered { get; set; }

    /// <summary>Requests given up.</summary>
    public long Silent { get; set; }

    /// <summary>Requests that came in.</summary>
    public long Received { get; set; }

    /// <summary>Datagrams that could not be read.</summary>
    public long Malformed { get; set; }

    /// <summary>Responses nobody asked for, or from somebody else than who was asked.</summary>
    public long Unsolicited { get; set; }

    /// <summary>Requests with a wrong or old token.</summary>
    public long BadTokens { get; set; }

    /// <summary>Responses not sent because their receiver's budget was spent.</summary>
    public long Withheld { get; set; }
}
