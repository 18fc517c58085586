namespace Nashi.Lan.Protocol;

/// <summary>What a link core counts.</summary>
internal sealed class LanCounters
{
    /// <summary>Datagrams received.</summary>
    public long Received { get; set; }

    /// <summary>Of them, not decodable, or answers from a wrong port.</summary>
    public long Malformed { get; set; }

    /// <summary>Of them, over the budget.</summary>
    public long Dropped { get; set; }

    /// <summary>Datagrams sent.</summary>
    public long Sent { get; set; }

    /// <summary>How often somebody else had our name.</summary>
    public long Collisions { get; set; }
}
