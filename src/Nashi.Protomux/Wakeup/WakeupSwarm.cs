using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup;

/// <summary>
/// Lets peers that share many cores tell each other which of them have news, so that only those need replication. Wire compatible with
/// <c>protomux-wakeup</c>. Thread-safe.
/// </summary>
/// <remarks>
/// A topic stands for a group of writers; who knows its key may take part, and proves that on every connection. Channels of a topic are opened on all
/// connections while a session is active, and close some seconds after the last session and the last active peer went. Source: network.md §5.4.
/// </remarks>
public sealed class WakeupSwarm : IDisposable
{
    internal const string Protocol = "wakeup";

    private readonly Lock _gate = new();
    private readonly Dictionary<DiscoveryKey, WakeupTopic> _topics = [];
    private readonly HashSet<Mux> _muxes = [];
    private readonly WakeupOptions _options;
    private readonly ITimer _timer;
    private bool _isTimed;
    private bool _isDisposed;

    /// <summary>Makes one; give it connections with <see cref="AddStream"/>.</summary>
    public WakeupSwarm(WakeupOptions? options = null, ILogger? logger = null)
    {
        _options = options ?? WakeupOptions.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.IdleTime, TimeSpan.Zero, nameof(options));
        Logger = logger ?? NullLogger.Instance;
        _timer = _options.TimeProvider.CreateTimer(static swarm => ((WakeupSwarm)swarm!).CloseIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many topics are kept, idle ones included.</summary>
    public int TopicCount
    {
        get
        {
            lock (_gate) return _topics.Count;
        }
    }

    internal ILogger Logger { get; }

    /// <summary>Takes part on a connection until it ends. Idempotent.</summary>
    public void AddStream(Mux mux)
    {
        ArgumentNullException.ThrowIfNull(mux);
        WakeupTopic[] active;
        lock (_gate)
        {
            if (_isDisposed || !_muxes.Add(mux)) return;
            active = [.. _topics.Values.Where(topic => topic.IsActive)];
        }

        mux.Pair(Protocol, null, id => PairAsync(id, mux));
        foreach (var topic in active) topic.Open(mux);
        _ = ForgetAsync(mux);
    }

    /// <summary>Takes part in a topic.</summary>
    /// <param name="key">The secret that all who take part know, for instance the key of the core that started the group.</param>
    /// <param name="handler">Receives what happens.</param>
    /// <param name="isActive">Whether its user works with the topic right now.</param>
    /// <param name="topic">What the channel is found by. Default: the discovery key of <paramref name="key"/>.</param>
    public WakeupSession CreateSession(CoreKey key, IWakeupHandler handler, bool isActive = true, DiscoveryKey? topic = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var id = topic ?? key.ToDiscoveryKey();
        while (true)
        {
            // A topic that closed between finding and joining it is gone from the table.
            if (FindOrAdd(id, key.Value).TryAdd(handler, isActive) is { } session) return session;
        }
    }

    /// <summary>Closes all channels and ends all sessions. Idempotent.</summary>
    public void Dispose()
    {
        WakeupTopic[] topics;
        Mux[] muxes;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            (topics, muxes) = ([.. _topics.Values], [.. _muxes]);
            _topics.Clear();
            _muxes.Clear();
        }

        _timer.Dispose();
        foreach (var mux in muxes) mux.Unpair(Protocol, null);
        foreach (var topic in topics) topic.Close();
    }

    internal void OpenEverywhere(WakeupTopic topic)
    {
        Mux[] muxes;
        lock (_gate) muxes = [.. _muxes];
        foreach (var mux in muxes) topic.Open(mux);
    }

    /// <summary>Starts or stops the clock of a topic that may have become idle, or busy.</summary>
    internal void UpdateIdle(WakeupTopic topic)
    {
        lock (_gate)
        {
            if (_isDisposed || topic.IsIdle == topic.IdleSince.HasValue) return;
            topic.IdleSince = topic.IdleSince.HasValue ? null : Instant.Now(_options.TimeProvider);
            if (topic.IdleSince is { } since && !_isTimed) SetTimer(since);
        }
    }

    private void SetTimer(Instant oldest)
    {
        _isTimed = true;
        var rest = oldest + _options.IdleTime - Instant.Now(_options.TimeProvider);
        // Timers of the system count whole milliseconds.
        _ = _timer.Change(rest <= TimeSpan.Zero ? TimeSpan.Zero : rest + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void CloseIdle()
    {
        // All under the lock: a session made meanwhile finds the topic, or finds its channels closed.
        lock (_gate)
        {
            if (_isDisposed) return;
            _isTimed = false;
            var now = Instant.Now(_options.TimeProvider);
            var idle = _topics.Values.Where(topic => topic.IdleSince.HasValue).ToArray();
            foreach (var topic in idle.Where(topic => now - topic.IdleSince!.Value >= _options.IdleTime && topic.IsIdle))
            {
                _ = _topics.Remove(topic.Id);
                topic.Close();
            }

            var kept = idle.Where(topic => _topics.ContainsKey(topic.Id)).ToArray();
            if (kept.Length > 0) SetTimer(kept.Min(topic => topic.IdleSince!.Value));
        }
    }

    private WakeupTopic FindOrAdd(DiscoveryKey id, Bytes32 key)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_topics.TryGetValue(id, out var found)) return found;
            var topic = new WakeupTopic(this, id, key);
            _topics.Add(id, topic);
            return topic;
        }
    }

    private async ValueTask PairAsync(ReadOnlyMemory<byte>? id, Mux mux)
    {
        if (id is not { Length: Bytes32.Size } bytes) return;
        var topic = new DiscoveryKey(bytes.Span);
        if (Find(topic) is null && _options.OnUnknownTopic is { } ask)
        {
            try
            {
                await ask(topic, mux).ConfigureAwait(false);
            }
            catch (Exception error)
            {
                Log.HandlerFailed(Logger, Protocol, error);
            }
        }

        Find(topic)?.Open(mux);
    }

    private WakeupTopic? Find(DiscoveryKey id)
    {
        lock (_gate) return _topics.TryGetValue(id, out var topic) && topic.HasSessions ? topic : null;
    }

    private async Task ForgetAsync(Mux mux)
    {
        _ = await mux.Closed.ConfigureAwait(false);
        lock (_gate) _ = _muxes.Remove(mux);
    }
}
