namespace Nashi.TcpRelay.Protocol;

/// <summary>What a relay does with a client's datagram.</summary>
internal enum Verdict
{
    /// <summary>It passes.</summary>
    Pass,

    /// <summary>Not to such an address or port.</summary>
    Forbidden,

    /// <summary>It is none of this stack's.</summary>
    Foreign,

    /// <summary>Too many destinations that have not been spoken to before.</summary>
    TooManyDestinations,

    /// <summary>The destination has answered nothing, or not for long, and received enough.</summary>
    Unanswered,

    /// <summary>More bytes than the client may use.</summary>
    OverRate,
}
