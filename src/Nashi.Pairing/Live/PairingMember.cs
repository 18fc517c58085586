using Microsoft.Extensions.Logging;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>Answers candidates: those that are connected, and those that left their request in the DHT. Dispose it to stop.</summary>
public sealed class PairingMember : IAsyncDisposable
{
    // A stranger may send any number of requests: so many are worked on at once, the others are dropped and may come again.
    private const int MaxPending = 64;

    // And announce any number of candidates.
    private const int MaxVisits = 64;
    private const int MaxVisited = 512;

    // A candidate asks on its connections and through the DHT: for so long the second asking gets the first's answer.
    private const int MaxAnswered = 256;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly PairingTopic _topic;
    private readonly Func<MemberRequest, CancellationToken, ValueTask> _onRequest;
    private readonly Dictionary<Bytes32, Task<MemberRequest?>> _pending = [];
    private readonly Queue<(MemberRequest Request, Instant At)> _answered = new();
    private readonly Queue<PublicKey> _order = new();
    private readonly HashSet<PublicKey> _visited = [];
    private readonly CancellationTokenSource _life = new();
    private readonly Pulse _pulse;
    private Task _polling = Task.CompletedTask;

    internal PairingMember(PairingTopic topic, Func<MemberRequest, CancellationToken, ValueTask> onRequest)
    {
        _topic = topic;
        _onRequest = onRequest;
        _pulse = new Pulse(topic.Network.Clock);
    }

    /// <summary>Under what candidates find us.</summary>
    public DiscoveryKey DiscoveryKey => _topic.DiscoveryKey;

    /// <summary>Whether candidates were found that wait to be connected to.</summary>
    internal bool IsClient { get; private set; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _topic.LeaveAsync(this).ConfigureAwait(false);
    }

    internal void Start() => _polling = Task.Run(() => PollAsync(_life.Token));

    internal void Refresh() => _pulse.Beat();

    internal void HandleRequest(PairingChannel channel, ReadOnlyMemory<byte> payload)
    {
        if (MemberRequest.TryDecode(payload.Span, out var request)) _ = RespondAsync(channel, request);
    }

    private async Task RespondAsync(PairingChannel channel, MemberRequest request)
    {
        if (await DecideAsync(request).ConfigureAwait(false) is { } answered) channel.Send(PairingChannel.Response, answered.Response.Span);
    }

    /// <summary>Has a request answered, once however often it comes meanwhile; null when it is met with silence.</summary>
    private Task<MemberRequest?> DecideAsync(MemberRequest request)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<MemberRequest?> task;
        lock (_gate)
        {
            if (_pending.TryGetValue(request.Session, out var running)) return running;
            if (FindAnswered(request) is { } answered) return Task.FromResult<MemberRequest?>(answered);
            if (_pending.Count >= MaxPending || _life.IsCancellationRequested) return Task.FromResult<MemberRequest?>(null);
            _pending[request.Session] = task = AskAsync(request, start.Task);
        }

        start.SetResult();
        return task;
    }

    private async Task<MemberRequest?> AskAsync(MemberRequest request, Task start)
    {
        // Not before it is in the table.
        await start.ConfigureAwait(false);
        try
        {
            await _onRequest(request, _life.Token).ConfigureAwait(false);
            if (request.Response.IsEmpty) return null;
            lock (_gate) _answered.Enqueue((request, Instant.Now(_topic.Network.Clock)));
            return request;
        }
        catch (Exception error)
        {
            if (error is not OperationCanceledException) Log.RequestFailed(_topic.Options.Logger, error);
            return null;
        }
        finally
        {
            lock (_gate) _pending.Remove(request.Session);
        }
    }

    /// <summary>Under the lock: the answer to the same request a moment ago, if there was one.</summary>
    private MemberRequest? FindAnswered(MemberRequest request)
    {
        var since = Instant.Now(_topic.Network.Clock) - AnswerTime;
        while (_answered.TryPeek(out var oldest) && (_answered.Count > MaxAnswered || oldest.At < since)) _answered.Dequeue();
        return _answered.FirstOrDefault(one => one.Request.IsSame(request)).Request;
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await VisitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (NashiException error)
            {
                Log.PollFailed(_topic.Options.Logger, error);
            }

            await _pulse.WaitAsync(_topic.Jittered(_topic.Options.PollInterval), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task VisitAsync(CancellationToken cancellationToken)
    {
        var topic = PairingHashes.CandidateTopic(DiscoveryKey);
        var visits = 0;
        await foreach (var candidate in _topic.Network.LookupAsync(topic, cancellationToken).ConfigureAwait(false))
        {
            if (visits >= MaxVisits) return;
            if (_visited.Contains(candidate)) continue;
            visits++;
            if (!await AnswerAsync(candidate, cancellationToken).ConfigureAwait(false)) continue;

            // It waits somewhere: perhaps it can be reached.
            IsClient = true;
            _topic.UpdateRoles();
        }
    }

    private async Task<bool> AnswerAsync(PublicKey candidate, CancellationToken cancellationToken)
    {
        if (await _topic.Network.FetchAsync(candidate, cancellationToken).ConfigureAwait(false) is not { } value) return false;
        if (_visited.Count >= MaxVisited) _visited.Remove(_order.Dequeue());
        _visited.Add(candidate);
        _order.Enqueue(candidate);
        if (!MemberRequest.TryDecode(value.Span, out var request)) return false;
        if (await DecideAsync(request).ConfigureAwait(false) is not { } answered) return false;
        using var owner = PairingHashes.ReplyKeyPair(answered.Token);
        await _topic.Network.StoreAsync(owner, answered.Response, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
