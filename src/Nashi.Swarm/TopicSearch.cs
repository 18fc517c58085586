using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>Keeps one topic looked up and announced, as its <see cref="SwarmDiscovery"/>s want it together.</summary>
/// <remarks>
/// One round runs at a time; what changes while it runs cancels it and starts the next. The first round as a server looks up once more after
/// announcing: of two peers that join at the same moment at least one then finds the other. Source: network.md §6.2.
/// </remarks>
internal sealed class TopicSearch : IAsyncDisposable
{
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(5);

    private readonly Swarm _swarm;
    private readonly ISwarmNetwork _network;
    private readonly KeyPair _keyPair;
    private readonly Lock _gate = new();
    private readonly List<SwarmDiscovery> _sessions = [];
    private readonly ITimer _timer;
    private CancellationTokenSource? _roundLife;
    private Task<bool> _round = Task.FromResult(true);
    private (bool Server, bool Client) _roundRoles;
    private IDisposable? _lan;
    private (bool Server, bool Client) _lanRoles;
    private bool _isAnnounced;
    private bool _hasEnded;
    private bool _isSuspended;

    /// <summary>Makes one without any interest.</summary>
    public TopicSearch(Swarm swarm, ISwarmNetwork network, KeyPair keyPair, Topic topic)
    {
        _swarm = swarm;
        _network = network;
        _keyPair = keyPair;
        Topic = topic;
        _timer = network.Clock.CreateTimer(_ => _ = RefreshAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The topic.</summary>
    public Topic Topic { get; }

    /// <summary>Adds an interest and starts a round.</summary>
    /// <returns>Null when it has ended: make a new one.</returns>
    public SwarmDiscovery? TryAdd(bool server, bool client)
    {
        SwarmDiscovery session;
        lock (_gate)
        {
            if (_hasEnded) return null;
            session = new SwarmDiscovery(this, server, client);
            _sessions.Add(session);
        }

        _ = RefreshAsync();
        return session;
    }

    /// <summary>Removes an interest.</summary>
    public async Task RemoveAsync(SwarmDiscovery session)
    {
        bool isLast;
        lock (_gate)
        {
            _sessions.Remove(session);
            isLast = _sessions.Count == 0;
            UpdateLan(Roles());
        }

        if (isLast)
        {
            _swarm.Forget(this);
            await DisposeAsync().ConfigureAwait(false);
        }
        else if (_isAnnounced && !Roles().Server)
        {
            await UnannounceAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the round that runs.</summary>
    public Task<bool> FlushedAsync()
    {
        lock (_gate) return _round;
    }

    /// <summary>Runs a round: joins the one that runs, unless the interests have changed since it began.</summary>
    public Task<bool> RefreshAsync()
    {
        lock (_gate)
        {
            if (_hasEnded || _isSuspended) return Task.FromResult(false);
            var roles = Roles();
            if (!_round.IsCompleted && roles == _roundRoles) return _round;
            _roundLife?.Cancel();
            _roundLife = new CancellationTokenSource();
            _roundRoles = roles;
            UpdateLan(roles);
            return _round = RoundAsync(roles.Server, roles.Client, _round, _roundLife.Token);
        }
    }

    /// <summary>Withdraws the announcement and rests until <see cref="Resume"/>.</summary>
    public async Task SuspendAsync()
    {
        Task<bool> round;
        lock (_gate)
        {
            if (_hasEnded || _isSuspended) return;
            _isSuspended = true;
            _roundLife?.Cancel();
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            round = _round;
        }

        await round.ConfigureAwait(false);
        await UnannounceAsync().ConfigureAwait(false);
    }

    /// <summary>Goes on, with a round at once.</summary>
    public void Resume()
    {
        lock (_gate) _isSuspended = false;
        _ = RefreshAsync();
    }

    /// <summary>Ends for good: withdraws the announcement. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<bool> round;
        lock (_gate)
        {
            if (_hasEnded) return;
            _hasEnded = true;
            _sessions.Clear();
            UpdateLan(default);
            _roundLife?.Cancel();
            round = _round;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await round.ConfigureAwait(false);
        _roundLife?.Dispose();
        await UnannounceAsync().ConfigureAwait(false);
    }

    /// <summary>Under the gate. On the local network peers come when they come: no rounds there.</summary>
    private void UpdateLan((bool Server, bool Client) roles)
    {
        if (roles == _lanRoles) return;
        _lan?.Dispose();
        _lanRoles = roles;
        _lan = roles == default ? null : _network.JoinLan(Topic, _keyPair, roles.Server, roles.Client, peer => _swarm.HandleFound(peer, Topic));
    }

    private (bool Server, bool Client) Roles()
    {
        lock (_gate) return (_sessions.Exists(session => session.IsServer), _sessions.Exists(session => session.IsClient));
    }

    /// <summary>Never faults.</summary>
    private async Task<bool> RoundAsync(bool server, bool client, Task<bool> previous, CancellationToken cancellationToken)
    {
        await previous.ConfigureAwait(false);
        var hasSucceeded = false;
        try
        {
            var isFirst = server && !_isAnnounced;
            var lookup = client ? LookupAsync(cancellationToken) : Task.CompletedTask;
            if (server) await AnnounceAsync(cancellationToken).ConfigureAwait(false);
            await lookup.ConfigureAwait(false);
            if (isFirst && client) await LookupAsync(cancellationToken).ConfigureAwait(false);
            hasSucceeded = true;
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException or ObjectDisposedException)
        {
            // The next round tries again.
        }

        if (!cancellationToken.IsCancellationRequested) Schedule(hasSucceeded);
        return hasSucceeded;
    }

    private void Schedule(bool hasSucceeded)
    {
        var wait = (hasSucceeded ? _swarm.Options.RefreshInterval : AfterFailure) * (1 + (0.2 * _network.Random.NextDouble()));
        lock (_gate)
        {
            if (!_hasEnded && !_isSuspended) _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task LookupAsync(CancellationToken cancellationToken)
    {
        await foreach (var peer in _network.LookupAsync(Topic, cancellationToken).ConfigureAwait(false)) _swarm.HandleFound(peer, Topic);
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var relays = await _swarm.ListenForTopicAsync(cancellationToken).ConfigureAwait(false);
        _isAnnounced = true;
        await _network.AnnounceAsync(Topic, _keyPair, relays, cancellationToken).ConfigureAwait(false);
    }

    private async Task UnannounceAsync()
    {
        if (!_isAnnounced) return;
        _isAnnounced = false;
        using var timeout = new CancellationTokenSource(GoodbyeTimeout, _network.Clock);
        try
        {
            await _network.UnannounceAsync(Topic, _keyPair, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException or ObjectDisposedException)
        {
            // What cannot be withdrawn runs out by itself.
        }
    }
}
