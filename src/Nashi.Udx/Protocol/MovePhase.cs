namespace Nashi.Udx.Protocol;

/// <summary>Where a stream is on its way from one path to another.</summary>
internal enum MovePhase
{
    /// <summary>It has one path.</summary>
    Settled,

    /// <summary>It lives on the old path and tries the new one: everything goes by both.</summary>
    Trying,

    /// <summary>It lives on the new path, which was proved in both directions; the old one is kept for a while.</summary>
    Moved,
}
