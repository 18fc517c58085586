using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Swarm.Protocol;

/// <summary>What a swarm remembers of one peer.</summary>
internal sealed class PeerState(PublicKey key)
{
    /// <summary>A connection that held this long makes earlier failures void.</summary>
    public static readonly TimeSpan HoldsAfter = TimeSpan.FromSeconds(15);

    /// <summary>After more failures than this a peer is left alone until it is found again.</summary>
    public const int MaxAttempts = 3;

    /// <summary>The priority of a peer that was not tried yet.</summary>
    public const int NormalPriority = 2;

    private readonly List<Topic> _topics = [];
    private Instant? _connectedAt;

    /// <summary>Who.</summary>
    public PublicKey Key => key;

    /// <summary>Nodes that relay for it, from where it was found last.</summary>
    public IReadOnlyList<UdpAddress> Relays { get; set; } = [];

    /// <summary>The topics under which it was found.</summary>
    public IReadOnlyList<Topic> Topics => _topics;

    /// <summary>Whether the application named it.</summary>
    public bool IsExplicit { get; set; }

    /// <summary>Whether it is never connected.</summary>
    public bool IsBanned { get; set; }

    /// <summary>Whether it may be connected again once it is gone.</summary>
    public bool Reconnects { get; set; } = true;

    /// <summary>Whether a connection to it has ever come about.</summary>
    public bool IsProven { get; private set; }

    /// <summary>Whether the last connection was ours.</summary>
    public bool WasClient { get; set; }

    /// <summary>Whether it waits in the queue.</summary>
    public bool IsQueued { get; set; }

    /// <summary>When it is tried again; <see cref="Instant.Never"/> when it is not waiting.</summary>
    public Instant RetryAt { get; set; } = Instant.Never;

    /// <summary>How many attempts ended since the last success that held.</summary>
    public int Attempts { get; private set; }

    /// <summary>Its place in the queue: higher goes first.</summary>
    public int Priority { get; private set; } = NormalPriority;

    /// <summary>Whether it can be forgotten.</summary>
    public bool IsForgettable => !IsBanned && !IsExplicit && !IsQueued && RetryAt == Instant.Never;

    /// <summary>Notes a topic.</summary>
    public void AddTopic(Topic topic)
    {
        if (!_topics.Contains(topic)) _topics.Add(topic);
    }

    /// <summary>A connection came about.</summary>
    public void HandleConnected(Instant now)
    {
        IsProven = true;
        _connectedAt = now;
    }

    /// <summary>A connection, or an attempt, ended.</summary>
    public void HandleDisconnected(Instant now)
    {
        if (_connectedAt is { } since && now - since >= HoldsAfter) Attempts = 0;
        _connectedAt = null;
        Attempts++;
    }

    /// <summary>Found again after we had given it up, or after it came by itself: a clean slate.</summary>
    public void HandleFoundAgain()
    {
        if (Priority >= NormalPriority && WasClient) return;
        WasClient = false;
        IsProven = false;
        Attempts = 0;
    }

    /// <summary>Earlier failures say nothing any more: the network has changed.</summary>
    public void Forgive() => Attempts = 0;

    /// <summary>Sets the priority from the attempts.</summary>
    /// <returns>False when it is not to be tried now.</returns>
    public bool TryPrioritize()
    {
        if (IsExplicit && Attempts > MaxAttempts) Attempts = MaxAttempts;
        if (IsBanned || IsQueued || Attempts > MaxAttempts) return false;
        Priority = Attempts switch
        {
            1 => 4,
            2 => 3,
            3 => 1,
            _ => NormalPriority,
        };
        return true;
    }

    /// <summary>How long to wait before the next attempt; null when there is none. Source: network.md §6.3.</summary>
    public TimeSpan? RetryDelay()
    {
        if (IsBanned || !Reconnects) return null;
        if (Attempts > MaxAttempts) return IsExplicit ? TimeSpan.FromMinutes(10) : null;
        return (IsProven, Attempts) switch
        {
            (_, 0) or (true, 1) => TimeSpan.FromSeconds(1),
            (true, 2) or (false, 1) => TimeSpan.FromSeconds(5),
            _ => TimeSpan.FromSeconds(15),
        };
    }
}
