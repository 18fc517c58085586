namespace Nashi.Dht.HolePunching;

/// <summary>One way of getting through, as a pure state machine: told the time, it says whom to knock at.</summary>
internal interface IPunchStrategy
{
    /// <summary>When it wants to be called again; <see cref="Instant.Never"/> when it has tried everything.</summary>
    Instant NextTimeout { get; }

    /// <summary>Adds the knocks that are due.</summary>
    void HandleTimeout(ICollection<PunchKnock> knocks, Instant now);
}
