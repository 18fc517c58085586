namespace Nashi.Dht.Life;

/// <summary>What is to be done about a connection's silence.</summary>
internal enum RevivalStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Say something that the remote must answer.</summary>
    Ask,

    /// <summary>Call the peer afresh, beside the silent connection.</summary>
    Call,

    /// <summary>It speaks again: a call that is under way is to be given up.</summary>
    Calm,
}
