namespace Nashi.Dht.Relaying;

/// <summary>What came of a request to pair.</summary>
internal enum PairOutcome
{
    /// <summary>The other side is not here yet.</summary>
    Waiting,

    /// <summary>Both are here.</summary>
    Matched,

    /// <summary>Somebody has that role already.</summary>
    Repeated,

    /// <summary>There are too many.</summary>
    Refused,
}
