namespace Nashi.Udx.Protocol;

/// <summary>What <see cref="Bbr"/> is doing.</summary>
internal enum BbrMode
{
    /// <summary>Doubling until the bandwidth no longer grows.</summary>
    Startup,

    /// <summary>Emptying the queue that startup made.</summary>
    Drain,

    /// <summary>Cruising, with a push and a pause each eight round trips.</summary>
    ProbeBandwidth,

    /// <summary>Nearly silent for a moment, to see the path's own round-trip time.</summary>
    ProbeRtt,
}
