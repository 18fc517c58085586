namespace Nashi.Udx.Protocol;

/// <summary>Where a sent packet is.</summary>
internal enum SentState : byte
{
    /// <summary>On its way.</summary>
    InFlight,

    /// <summary>Taken for lost; to be sent again.</summary>
    Lost,

    /// <summary>Received out of order.</summary>
    Sacked,
}
