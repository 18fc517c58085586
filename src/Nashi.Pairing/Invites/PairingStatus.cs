namespace Nashi.Pairing;

/// <summary>How a member answered a request.</summary>
public enum PairingStatus
{
    /// <summary>Admitted: the answer carries the key.</summary>
    Accepted = 0,

    /// <summary>Turned away.</summary>
    Rejected = 1,

    /// <summary>The invite was used as often as it may be.</summary>
    Used = 2,

    /// <summary>The invite's time is over.</summary>
    Expired = 3,
}
