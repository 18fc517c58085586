namespace Nashi.Dht.Relaying;

/// <summary>What can happen at a blind relay.</summary>
public enum BlindRelayEventKind
{
    /// <summary>A client connected.</summary>
    Opened,

    /// <summary>A client left.</summary>
    Closed,

    /// <summary>A client waits for its counterpart.</summary>
    Waiting,

    /// <summary>The second of a pair came; both are carried.</summary>
    Paired,

    /// <summary>A pair is over.</summary>
    Unpaired,

    /// <summary>A pairing found no counterpart in time.</summary>
    Expired,

    /// <summary>A pairing was refused: there are too many.</summary>
    Refused,
}
