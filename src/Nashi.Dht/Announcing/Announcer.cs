using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Announcing;

/// <summary>Keeps a server announced at the three nodes nearest to its key, which pass handshakes on to it.</summary>
/// <remarks>
/// Owned by its node and its server. A loop: ask for the nearest nodes (and some further ones where the nearest look like a crowd), announce there, take
/// back what is stale, then ping the chosen nodes every three seconds; start over when one falls silent, when one sees us elsewhere than it did (its way to
/// us is gone, though it still answers: network.md §3.3 says what becomes of a server that does not look), or after some five minutes. Three generations of
/// nodes are recognised as ours.
/// </remarks>
internal sealed class Announcer : IServerAnnouncer
{
    private const int PingRounds = 100;
    private const int PingRetries = 1;

    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(3);

    private readonly DhtNode _node;
    private readonly KeyPair _keyPair;
    private readonly Bytes32 _target;
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationToken _stopped;
    private readonly SemaphoreSlim _updating = new(1);
    private readonly SemaphoreSlim _wakeUps = new(0);
    private volatile Generation[] _generations = [new([], []), new([], []), new([], [])];
    private volatile bool _isSuspended;
    private CancellationTokenSource _awake;
    private IReadOnlyList<UdpAddress> _seeds = [];
    private Task _loop = Task.CompletedTask;
    private int _isDisposed;

    /// <summary>Makes an announcer; <see cref="StartAsync"/> starts it.</summary>
    public Announcer(DhtNode node, KeyPair keyPair)
    {
        (_node, _keyPair) = (node, keyPair);
        _target = Blake2b.Hash(keyPair.PublicKey.Value.AsSpan());
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(node.Closing);
        _stopped = _stopping.Token;
        _awake = CancellationTokenSource.CreateLinkedTokenSource(_stopped);
    }

    private enum Look
    {
        Fine,
        Silent,
        Moved,
    }

    /// <inheritdoc />
    public IReadOnlyList<RelayRoute> Relays => _generations[0].Relays;

    /// <inheritdoc />
    public IReadOnlyList<UdpAddress> RelayAddresses => _generations[0].Addresses;

    /// <inheritdoc />
    public bool IsRelay(UdpAddress node) => _generations.Any(generation => generation.Relays.Any(relay => relay.Relay == node));

    /// <summary>Announces for the first time, and goes on in the background.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _node.SetLocalRecord(_target, new PeerRecord(_keyPair.PublicKey, []).Encode());
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stopped);
        try
        {
            await UpdateAsync(both.Token).ConfigureAwait(false);
        }
        catch (NodeSuspendedException)
        {
            // The resumption announces.
        }

        _loop = RunAsync();
    }

    /// <inheritdoc />
    public void Refresh()
    {
        if (_wakeUps.CurrentCount == 0) _wakeUps.Release();
    }

    /// <inheritdoc />
    public async Task SuspendAsync()
    {
        if (_isSuspended) return;
        _isSuspended = true;
        await _awake.CancelAsync().ConfigureAwait(false);
        _node.SetLocalRecord(_target, null);
        var relays = Relays;
        var before = _generations;
        _generations = [new([], []), before[0], before[1]];
        await Task.WhenAll(relays.Select(relay => UnannounceAsync(relay.Relay))).ConfigureAwait(false);
    }

    /// <inheritdoc />
    public async Task ResumeAsync()
    {
        if (!_isSuspended) return;
        var old = _awake;
        _awake = CancellationTokenSource.CreateLinkedTokenSource(_stopped);
        old.Dispose();
        _isSuspended = false;
        _node.SetLocalRecord(_target, new PeerRecord(_keyPair.PublicKey, []).Encode());
        await TryUpdateAsync().ConfigureAwait(false);
        Refresh();
    }

    /// <summary>Stops, and takes the announcement back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _node.SetLocalRecord(_target, null);
        await Task.WhenAll(Relays.Select(relay => UnannounceAsync(relay.Relay))).ConfigureAwait(false);
        _node.Forget(this);
        _awake.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            for (var round = 1; ; round++)
            {
                _ = await WaitAsync().ConfigureAwait(false);
                if (_isSuspended) continue;
                var look = await LookAsync().ConfigureAwait(false);
                if (look == Look.Fine && round < PingRounds) continue;
                // Nobody answers at all: asking over and over does not bring a network back.
                if (look == Look.Silent && Relays.Count > 0 && !_node.IsOnline) continue;
                round = 0;
                if (look != Look.Fine && Relays.Count > 0) Log.AnnouncingAnew(_node.Logger, _keyPair.PublicKey);
                if (look == Look.Moved) _node.HandleMoved();
                await TryUpdateAsync().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    // Three seconds, or until something happens that is worth a look.
    private async Task<bool> WaitAsync()
    {
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(_stopped);
        var pause = Task.Delay(PingEvery, _node.Clock, woken.Token);
        var wakeUp = _wakeUps.WaitAsync(woken.Token);
        var first = await Task.WhenAny(pause, wakeUp).ConfigureAwait(false);
        await woken.CancelAsync().ConfigureAwait(false);
        await first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopped.ThrowIfCancellationRequested();
        return first == wakeUp;
    }

    private async Task<Look> LookAsync()
    {
        var relays = Relays;
        if (relays.Count == 0) return Look.Silent;
        try
        {
            var pings = await Task.WhenAll(relays.Select(relay => _node.AskAsync(done => RpcCall.Ping(relay.Relay, done, retries: PingRetries), _awake.Token)))
                .ConfigureAwait(false);
            if (pings.Where((reply, i) => reply is not null && reply.Seen != relays[i].Peer).Any()) return Look.Moved;
            return pings.All(reply => reply is not null) ? Look.Fine : Look.Silent;
        }
        catch (Exception error) when (IsPause(error))
        {
            return Look.Fine;
        }
    }

    private bool IsPause(Exception error) => error is NashiException || (error is OperationCanceledException or ObjectDisposedException && !_stopped.IsCancellationRequested);

    private async Task TryUpdateAsync()
    {
        try
        {
            await UpdateAsync(_awake.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (IsPause(error))
        {
            // Suspended meanwhile: the resumption announces.
        }
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        await _updating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await AnnounceAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _updating.Release();
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        var outcome = await _node.QueryAsync(new AskOptions(_target, DhtCommand.FindPeer) { Seeds = _seeds }, cancellationToken).ConfigureAwait(false);
        if (outcome.Closest.Count == 0) return;
        _seeds = [.. outcome.Closest.Select(reply => reply.From)];
        var announced = await Task.WhenAll(AnnouncePlaces.Choose(outcome).Select(reply => AnnounceAtAsync(reply, cancellationToken))).ConfigureAwait(false);
        RelayRoute[] relays = [.. announced.Where(route => route is not null).Select(route => route!.Value)];
        if (relays.Length == 0) return;
        UdpAddress[] addresses = [.. relays.Select(relay => relay.Relay)];
        if (_node.OpenAddress is { } open) addresses = [open, .. addresses];
        var before = _generations;
        _generations = [new(relays, [.. addresses.Take(PeerRecord.MaxRelays)]), before[0], before[1]];
        Log.Announced(_node.Logger, _keyPair.PublicKey, relays.Length);
        var stale = before[0].Relays.Select(relay => relay.Relay).Except(relays.Select(relay => relay.Relay));
        await Task.WhenAll(stale.Select(UnannounceAsync)).ConfigureAwait(false);
    }

    private async Task<RelayRoute?> AnnounceAtAsync(RpcReply reply, CancellationToken cancellationToken)
    {
        if (reply.Token is not { } token || reply.FromId is not { } id) return null;
        var message = AnnounceMessage.Sign(false, _target, id, token, new PeerRecord(_keyPair.PublicKey, []), _keyPair).Encode();
        var answer = await _node.AskAsync(
            done => new RpcCall { To = reply.From, Command = DhtCommand.Announce, Target = _target, Value = message, Token = token, Done = done },
            cancellationToken).ConfigureAwait(false);
        return answer is { Error: RpcError.None } ? new RelayRoute(reply.From, answer.Seen) : null;
    }

    // Best effort, and in a stop as well: a node that does not answer forgets by itself.
    private async Task UnannounceAsync(UdpAddress relay)
    {
        try
        {
            var asked = await _node.AskAsync(
                done => new RpcCall { To = relay, Command = DhtCommand.FindPeer, Target = _target, Retries = 1, Done = done }, _node.Closing).ConfigureAwait(false);
            if (asked is not { Token: { } token, FromId: { } id, Value: not null }) return;
            var message = AnnounceMessage.Sign(true, _target, id, token, new PeerRecord(_keyPair.PublicKey, []), _keyPair).Encode();
            _ = await _node.AskAsync(
                done => new RpcCall { To = relay, Command = DhtCommand.Unannounce, Target = _target, Value = message, Token = token, Retries = 1, Done = done },
                _node.Closing).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException)
        {
            // The node is closed or suspended.
        }
    }

    private sealed record Generation(IReadOnlyList<RelayRoute> Relays, IReadOnlyList<UdpAddress> Addresses);
}
