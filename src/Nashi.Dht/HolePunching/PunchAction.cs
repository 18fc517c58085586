using Nashi.Datagrams;
using Nashi.Dht.Connecting;

namespace Nashi.Dht.HolePunching;

/// <summary>What a punching core wants done.</summary>
internal abstract record PunchAction
{
    private PunchAction()
    {
    }

    /// <summary>Send one knock.</summary>
    internal sealed record Knock(PunchKnock What) : PunchAction;

    /// <summary>Ask several nodes where they see the punch socket, and report each and the end.</summary>
    internal sealed record Sample : PunchAction;

    /// <summary>Close the punch socket and bind a new one; a <see cref="Sample"/> follows.</summary>
    internal sealed record Reopen : PunchAction;

    /// <summary>Send a message from the punch socket through a relay to the peer, and report the answer or its absence.</summary>
    internal sealed record Ask(UdpAddress Relay, UdpAddress Peer, PunchPayload Payload) : PunchAction;

    /// <summary>Answer the message with this number, from the punch socket.</summary>
    internal sealed record Answer(int Request, PunchPayload Payload) : PunchAction;

    /// <summary>We are through: connect from this one of the punch's sockets.</summary>
    internal sealed record Connect(UdpAddress To, int Socket) : PunchAction;

    /// <summary>It did not work.</summary>
    internal sealed record Fail(ConnectFailure Why) : PunchAction;
}
