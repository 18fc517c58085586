using System.Threading.Channels;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>Asks members to be admitted: those that are connected one after the other, and by a request in the DHT those that are not. Dispose it to stop.</summary>
public sealed class PairingCandidate : IAsyncDisposable
{
    private readonly PairingTopic _topic;
    private readonly CandidateRequest _request;
    private readonly Channel<PairingChannel> _channels = System.Threading.Channels.Channel.CreateUnbounded<PairingChannel>();
    private readonly TaskCompletionSource<PairingOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _life = new();
    private readonly Pulse _pulse;
    private Task _working = Task.CompletedTask;
    private bool _isAnnounced;
    private int _isRefused;

    internal PairingCandidate(PairingTopic topic, CandidateRequest request)
    {
        _topic = topic;
        _request = request;
        _pulse = new Pulse(topic.Network.Clock);
    }

    /// <summary>Completes when a member admits us, or has refused and no other admits us soon after. Cancelled when disposed first.</summary>
    public Task<PairingOutcome> Outcome => _outcome.Task;

    /// <summary>Whether a member that was offline may call on us.</summary>
    internal bool IsServer { get; private set; }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        await _working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _outcome.TrySetCanceled(_life.Token);
        await _topic.LeaveAsync(this).ConfigureAwait(false);
    }

    internal void Start() => _working = Task.Run(() => WorkAsync(_life.Token));

    internal void Refresh()
    {
        _isAnnounced = false;
        _pulse.Beat();
    }

    internal void HandleChannel(PairingChannel channel) => _channels.Writer.TryWrite(channel);

    internal void HandleResponse(ReadOnlySpan<byte> response)
    {
        if (_outcome.Task.IsCompleted || _request.TryRead(response) is not { } outcome) return;
        if (outcome.Status == PairingStatus.Accepted) End(outcome);
        // One member's no need not be all members' no: its book may be old, or it may be no member at all, only someone who holds the invite.
        else if (Interlocked.Exchange(ref _isRefused, 1) == 0) _ = RefuseAsync(outcome);
    }

    private async Task RefuseAsync(PairingOutcome outcome)
    {
        await Task.Delay(_topic.Options.RefusalPatience, _topic.Network.Clock, _life.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_life.IsCancellationRequested) End(outcome);
    }

    private void End(PairingOutcome outcome)
    {
        if (_outcome.TrySetResult(outcome)) _pulse.Beat();
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var asking = AskAsync(cancellationToken);
        try
        {
            while (!_outcome.Task.IsCompleted)
            {
                await PollAsync(cancellationToken).ConfigureAwait(false);
                if (_outcome.Task.IsCompleted) break;
                await _pulse.WaitAsync(_topic.Jittered(_topic.Options.PollInterval), cancellationToken).ConfigureAwait(false);
            }

            if (IsServer) await UnannounceAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _channels.Writer.TryComplete();
            await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One member at a time: each that is asked may admit us and count the invite as used.
    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await foreach (var channel in _channels.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_outcome.Task.IsCompleted) return;
            if (!channel.IsOpen) continue;
            channel.Send(PairingChannel.Request, _request.Encode().Span);
            var pause = Task.Delay(_topic.Jittered(_topic.Options.PeerInterval), _topic.Network.Clock, cancellationToken);
            await Task.WhenAny(pause, _outcome.Task).ConfigureAwait(false);
        }
    }

    private async Task PollAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var reply = PairingHashes.ReplyKeyPair(_request.Token);
            if (await _topic.Network.FetchAsync(reply.PublicKey, cancellationToken).ConfigureAwait(false) is { } value) HandleResponse(value.Span);
            if (_outcome.Task.IsCompleted || _isAnnounced) return;
            await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NashiException error)
        {
            Log.PollFailed(_topic.Options.Logger, error);
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        using var ephemeral = PairingHashes.EphemeralKeyPair(_request.Token);
        await _topic.Network.StoreAsync(ephemeral, _request.Encode(), cancellationToken).ConfigureAwait(false);
        if (_outcome.Task.IsCompleted) return;
        await _topic.Network.AnnounceAsync(PairingHashes.CandidateTopic(_topic.DiscoveryKey), ephemeral, cancellationToken).ConfigureAwait(false);
        _isAnnounced = IsServer = true;
        _topic.UpdateRoles();
    }

    private async Task UnannounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var ephemeral = PairingHashes.EphemeralKeyPair(_request.Token);
            await _topic.Network.UnannounceAsync(PairingHashes.CandidateTopic(_topic.DiscoveryKey), ephemeral, cancellationToken).ConfigureAwait(false);
        }
        catch (NashiException error)
        {
            // It runs out by itself.
            Log.PollFailed(_topic.Options.Logger, error);
        }
    }
}
