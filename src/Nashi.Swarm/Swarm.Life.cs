namespace Nashi.Swarm;

/// <content>Suspending, resuming, and what the network's changes mean for a swarm. Source: network.md §6.6.</content>
public sealed partial class Swarm
{
    private readonly SemaphoreSlim _lifeGate = new(1);
    private volatile bool _isSuspended;

    /// <summary>Whether it is suspended.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>
    /// Withdraws all announcements, closes all connections and suspends the node below, so that nothing is sent any more: for apps that are put in the
    /// background. Topics and peers stay joined. Swarms that share the node are cut off with it. Idempotent.
    /// </summary>
    public async ValueTask SuspendAsync(CancellationToken cancellationToken = default)
    {
        await _lifeGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_isSuspended) return;
            _isSuspended = true;
            var searches = HangUp();
            await Task.WhenAll(searches.Select(search => search.SuspendAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
            await _network.SuspendAsync(cancellationToken).ConfigureAwait(false);
            Emit(new SwarmEvent(SwarmEventKind.Suspended));
        }
        finally
        {
            _lifeGate.Release();
        }
    }

    /// <summary>Resumes the node, announces and looks up all topics, and connects again. Idempotent.</summary>
    public async ValueTask ResumeAsync(CancellationToken cancellationToken = default)
    {
        await _lifeGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!_isSuspended) return;
            await _network.ResumeAsync(cancellationToken).ConfigureAwait(false);
            _isSuspended = false;
            TopicSearch[] searches;
            lock (_gate) searches = [.. _searches.Values];
            foreach (var search in searches) search.Resume();
            Step(core => core.Resume());
            Emit(new SwarmEvent(SwarmEventKind.Resumed));
        }
        finally
        {
            _lifeGate.Release();
        }
    }

    private TopicSearch[] HangUp()
    {
        lock (_gate)
        {
            Step(core => core.Suspend());
            foreach (var dial in _dials.Values) dial.Cancel();
            foreach (var transport in _transports.Values.ToArray()) transport.Stream.Abort(SecretStream.CloseReason.Local);
            return [.. _searches.Values];
        }
    }

    private void HandleNetworkChange()
    {
        if (_isClosed || _isSuspended) return;
        TopicSearch[] searches;
        lock (_gate) searches = [.. _searches.Values];
        foreach (var search in searches) _ = search.RefreshAsync();
        Step(core => core.Kick());
        Emit(new SwarmEvent(SwarmEventKind.NetworkChanged));
    }
}
