namespace Nashi.Protomux.Wakeup;

/// <summary>How a <see cref="WakeupSwarm"/> behaves.</summary>
public sealed record WakeupOptions
{
    /// <summary>The defaults.</summary>
    public static WakeupOptions Default { get; } = new();

    /// <summary>
    /// How long a topic without sessions and without active peers is kept. Default 10 s. Its channels close then; a session that comes before finds them
    /// as they were.
    /// </summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Told when a remote opens a topic that no session of ours has: the topic, and the connection. It may make a session, else the remote is refused.
    /// Failing refuses too. Default: refuse.
    /// </summary>
    public Func<Encoding.DiscoveryKey, Mux, ValueTask>? OnUnknownTopic { get; init; }

    /// <summary>The clock of <see cref="IdleTime"/>. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
