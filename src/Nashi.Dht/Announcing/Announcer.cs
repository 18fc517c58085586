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
/// Owned by its node and its server. A loop: ask for the nearest nodes, announce there, take back what is stale, then ping the chosen nodes every three
/// seconds; start over when too few answer or after some five minutes. Three generations of nodes are recognised as ours. Source: network.md §3.3.
/// </remarks>
internal sealed class Announcer : IServerAnnouncer
{
    private const int RelayCount = 3;
    private const int PingRounds = 100;

    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(3);

    private readonly DhtNode _node;
    private readonly KeyPair _keyPair;
    private readonly Bytes32 _target;
    private readonly CancellationTokenSource _stopping;
    private readonly CancellationToken _stopped;
    private volatile Generation[] _generations = [new([], []), new([], []), new([], [])];
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
        await UpdateAsync(both.Token).ConfigureAwait(false);
        _loop = RunAsync();
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
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                for (var i = 0; i < PingRounds; i++)
                {
                    await Task.Delay(PingEvery, _node.Clock, _stopped).ConfigureAwait(false);
                    if (!await StillReachableAsync().ConfigureAwait(false)) break;
                }

                // Nobody answers at all: asking over and over does not bring a network back.
                if (_node.IsOnline || Relays.Count == 0) await UpdateAsync(_stopped).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task<bool> StillReachableAsync()
    {
        var relays = Relays;
        var pings = await Task.WhenAll(relays.Select(relay => _node.AskAsync(done => RpcCall.Ping(relay.Relay, done), _stopped))).ConfigureAwait(false);
        return relays.Count > 0 && pings.All(reply => reply is not null);
    }

    private async Task UpdateAsync(CancellationToken cancellationToken)
    {
        var outcome = await _node.QueryAsync(new AskOptions(_target, DhtCommand.FindPeer) { Seeds = _seeds }, cancellationToken).ConfigureAwait(false);
        if (outcome.Closest.Count == 0) return;
        _seeds = [.. outcome.Closest.Select(reply => reply.From)];
        var announced = await Task.WhenAll(outcome.Closest.Take(RelayCount).Select(reply => AnnounceAsync(reply, cancellationToken))).ConfigureAwait(false);
        RelayRoute[] relays = [.. announced.Where(route => route is not null).Select(route => route!.Value)];
        if (relays.Length == 0) return;
        UdpAddress[] addresses = [.. relays.Select(relay => relay.Relay)];
        if (_node.OpenAddress is { } open) addresses = [open, .. addresses];
        var before = _generations;
        _generations = [new(relays, [.. addresses.Take(PeerRecord.MaxRelays)]), before[0], before[1]];
        var stale = before[0].Relays.Select(relay => relay.Relay).Except(relays.Select(relay => relay.Relay));
        await Task.WhenAll(stale.Select(UnannounceAsync)).ConfigureAwait(false);
    }

    private async Task<RelayRoute?> AnnounceAsync(RpcReply reply, CancellationToken cancellationToken)
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
        catch (OperationCanceledException)
        {
            // The node is closed.
        }
    }

    private sealed record Generation(IReadOnlyList<RelayRoute> Relays, IReadOnlyList<UdpAddress> Addresses);
}
