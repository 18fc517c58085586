using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>One interest in a topic: to be found under it, to find others, or both.</summary>
/// <remarks>Several may exist for one topic; what they ask for together is done once. Thread-safe.</remarks>
public sealed class SwarmDiscovery : IAsyncDisposable
{
    private readonly TopicSearch _search;
    private int _hasLeft;

    internal SwarmDiscovery(TopicSearch search, bool server, bool client)
    {
        _search = search;
        IsServer = server;
        IsClient = client;
    }

    /// <summary>The topic.</summary>
    public Topic Topic => _search.Topic;

    /// <summary>Whether it announces us.</summary>
    public bool IsServer { get; private set; }

    /// <summary>Whether it looks for others.</summary>
    public bool IsClient { get; private set; }

    /// <summary>Waits until we are announced (as a server) and everybody announced was found (as a client); failures of the network end it too.</summary>
    /// <returns>Whether it succeeded.</returns>
    public async ValueTask<bool> FlushedAsync(CancellationToken cancellationToken = default) =>
        await _search.FlushedAsync().WaitAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Looks up and announces anew, at once; may change what this interest is for.</summary>
    /// <returns>Whether it succeeded.</returns>
    /// <exception cref="ArgumentException">Neither server nor client.</exception>
    /// <exception cref="ObjectDisposedException">It has left.</exception>
    public async ValueTask<bool> RefreshAsync(bool? server = null, bool? client = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_hasLeft != 0, this);
        var (asServer, asClient) = (server ?? IsServer, client ?? IsClient);
        if (!asServer && !asClient) throw new ArgumentException("A topic is joined as a server, a client or both.", nameof(server));
        (IsServer, IsClient) = (asServer, asClient);
        return await _search.RefreshAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends this interest; the last server's withdraws the announcement. Idempotent.</summary>
    public async ValueTask LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) != 0) return;
        await _search.RemoveAsync(this).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="LeaveAsync"/>.</summary>
    public ValueTask DisposeAsync() => LeaveAsync();
}
