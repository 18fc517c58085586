namespace Nashi.Dht;

/// <summary>How the two ends of a connection reach each other.</summary>
public enum ConnectionKind
{
    /// <summary>One side can be reached by anybody.</summary>
    Direct,

    /// <summary>Over their own network, or on one machine.</summary>
    Lan,

    /// <summary>Through a punched hole.</summary>
    HolePunched,

    /// <summary>Through a blind relay.</summary>
    Relayed,
}
