using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Life;
using Nashi.TcpRelay;
using Nashi.Udx;

namespace Nashi.Dht;

/// <content>Going round by a TCP relay while UDP is blocked, and back. See docs/relay-over-tcp.md.</content>
public sealed partial class DhtNode
{
    private const int RelaysAtOnce = 4;
    private const int ProbedNodes = 3;

    private static readonly TimeSpan RoundSettles = TimeSpan.FromSeconds(4);

    private readonly Detour _detour;
    private readonly DetourCore _detourCore;
    private readonly Lock _detourGate = new();
    private Task<bool> _dialling = Task.FromResult(false);
    private TcpRelayConnection? _round;
    private TcpRelayConnection? _left;
    private IReadOnlyList<TcpRelayLink> _goodRelays = [];
    private IReadOnlyList<TcpRelayLink> _uselessRelays = [];
    private TcpRelayException? _relayFailure;
    private Instant _roundAt;
    private bool _bootstrapsLater;

    /// <summary>The TCP relay by which everything goes round now; null while UDP works, or no relay does.</summary>
    public TcpRelayLink? TcpRelay => _detour.Connection?.Relay;

    private IReadOnlyList<TcpRelayLink> TcpRelays => [.. _goodRelays.Concat(_options.TcpRelays).Concat(_memory.TcpRelays).Distinct().Take(NodeMemory.MaxTcpRelays)];

    private bool MayGoRound => TcpRelays.Count > 0 && HasSomebodyToAsk();

    private bool IsGoingRound(Instant now) => !_dialling.IsCompleted || (_detour.Connection is not null && now - _roundAt < RoundSettles);

    // A search may be over before a way round blocked UDP was found: then it is made anew.
    private async Task<T> ConnectAnyWayAsync<T>(Func<CancellationToken, Task<T>> connect, Instant began, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await connect(cancellationToken).ConfigureAwait(false);
            }
            catch (PeerNotFoundException) when (!HasHeardSince(began) && HasSomebodyToAsk())
            {
                if (!IsGoingRound(Now()) || !await _dialling.WaitAsync(cancellationToken).ConfigureAwait(false)) throw Unreachable();
            }
        }
    }

    // Once a second.
    private void LookAfterDetour()
    {
        if (_left is { } left && (left.Ended.IsCompleted || !_detour.HasStreams)) Forget(left);
        var (isOnline, heardAt) = Enter((core, _) => (core.IsOnline, core.HeardAt));
        var mayDial = MayGoRound;
        DetourStep step;
        lock (_detourGate) step = _detourCore.Look(mayDial, isOnline, heardAt, Now());
        if (step == DetourStep.Dial) _dialling = Task.Run(GoRoundAsync);
        else if (step == DetourStep.Leave) LeaveUseless();
        else if (step == DetourStep.Probe) _ = Task.Run(TryStraightAsync);
    }

    private void HandleNetworkMaybeChanged()
    {
        lock (_detourGate) _detourCore.HandleNetworkChange(Now());
        _round?.Doubt();
    }

    private void TryStraightSoon()
    {
        lock (_detourGate) _detourCore.HandleHint(Now());
    }

    private async Task<bool> GoRoundAsync()
    {
        var relay = _left is { Ended.IsCompleted: false } left ? left : await DialAsync(RelaysWorthDialling()).ConfigureAwait(false);
        bool isWanted;
        lock (_detourGate)
        {
            isWanted = relay is not null && !_isClosed && !_isSuspended;
            _detourCore.HandleDialled(isWanted, Now());
            if (isWanted) (_round, _left, _roundAt, _relayFailure) = (relay, null, Now(), null);
        }

        if (relay is null || !isWanted)
        {
            if (_bootstrapsLater) _bootstrapped.TrySetResult();
            if (relay is not null) await relay.DisposeAsync().ConfigureAwait(false);
            return false;
        }

        _goodRelays = [relay.Relay, .. _goodRelays.Where(other => other != relay.Relay)];
        _detour.Take(relay);
        Log.WentRound(_options.Logger, relay.Relay);
        _ = FollowAsync(relay);
        HandleOtherWay();
        return true;
    }

    // All at once: whoever welcomes us first is the nearest.
    private async Task<TcpRelayConnection?> DialAsync(IReadOnlyList<TcpRelayLink> relays)
    {
        if (_isClosed) return null;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Closing);
        var dials = relays.Take(RelaysAtOnce).Select(relay => TryDialAsync(relay, enough.Token)).ToList();
        TcpRelayConnection? first = null;
        while (dials.Count > 0)
        {
            var done = await Task.WhenAny(dials).ConfigureAwait(false);
            dials.Remove(done);
            if (await done.ConfigureAwait(false) is not { } connection) continue;
            if (first is null) first = connection;
            else await connection.DisposeAsync().ConfigureAwait(false);
            await enough.CancelAsync().ConfigureAwait(false);
        }

        return first;
    }

    private async Task<TcpRelayConnection?> TryDialAsync(TcpRelayLink relay, CancellationToken cancellationToken)
    {
        try
        {
            return await TcpRelayConnection.ConnectAsync(relay, new TcpRelayClientOptions { Clock = _options.Clock }, cancellationToken).ConfigureAwait(false);
        }
        catch (TcpRelayException error)
        {
            _relayFailure = error;
            Log.RelayFailed(_options.Logger, error.Message);
            return null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task FollowAsync(TcpRelayConnection relay)
    {
        var reason = await relay.Ended.ConfigureAwait(false);
        _detour.Drop(relay);
        lock (_detourGate)
        {
            if (_round != relay) return;
            _round = null;
            _detourCore.HandleLost(Now());
        }

        Log.RelayLost(_options.Logger, relay.Relay, reason);
        if (!_isClosed && !_isSuspended) LookAfterDetour();
    }

    // Those by which nothing came the last time are tried again once there are no others.
    private IReadOnlyList<TcpRelayLink> RelaysWorthDialling()
    {
        var worth = TcpRelays.Except(_uselessRelays).ToList();
        if (worth.Count > 0) return worth;
        _uselessRelays = [];
        return TcpRelays;
    }

    // It welcomed us, but nobody answers by it: its own UDP is blocked, or it means ill.
    private void LeaveUseless()
    {
        TcpRelayConnection? relay;
        lock (_detourGate)
        {
            relay = _round;
            _round = null;
            if (relay is not null)
            {
                _uselessRelays = [.. _uselessRelays, relay.Relay];
                _goodRelays = [.. _goodRelays.Where(other => other != relay.Relay)];
                _relayFailure = new TcpRelayException("RELAY_USELESS", $"Nobody answers by the TCP relay {relay.Relay}, although it welcomed us.");
            }

            _detourCore.HandleUseless(TcpRelays.Except(_uselessRelays).Any(), Now());
        }

        if (relay is null) return;
        Log.RelayFailed(_options.Logger, _relayFailure!.Message);
        _detour.Drop(relay);
        _ = relay.DisposeAsync().AsTask();
        LookAfterDetour();
    }

    private async Task TryStraightAsync()
    {
        var works = await IsUdpAnsweredAsync().ConfigureAwait(false);
        TcpRelayConnection? before;
        lock (_detourGate)
        {
            if (!_detourCore.HandleProbed(works, Now())) return;
            (before, _left, _round) = (_left, _round, null);
        }

        if (before is not null) await before.DisposeAsync().ConfigureAwait(false);
        _detour.Leave();
        Log.WentStraight(_options.Logger);
        HandleOtherWay();
    }

    private async Task<bool> IsUdpAnsweredAsync()
    {
        UdxSocket socket;
        try
        {
            socket = Udx.Adopt(_detour.OpenStraight(_host, DatagramOptions.Default), HandleDatagram);
        }
        catch (Exception error) when (error is DatagramException or ObjectDisposedException)
        {
            return false;
        }

        await using var closing = socket.ConfigureAwait(false);
        IConnectNode node = this;
        UdpAddress[] asked = [.. node.SomeNodes(ProbedNodes).Concat(Enter((core, _) => core.Bootstrap.Take(ProbedNodes).ToArray())).Distinct()];
        try
        {
            var replies = await Task.WhenAll(asked.Select(to => node.PingAsync(to, socket, 1, Closing))).ConfigureAwait(false);
            return replies.Any(reply => reply is not null);
        }
        catch (Exception error) when (error is OperationCanceledException or NodeSuspendedException or ObjectDisposedException)
        {
            return false;
        }
    }

    // Where others see us is another place by the other way.
    private void HandleOtherWay()
    {
        Do((core, now) =>
        {
            core.HandleNetworkChange(now);
            if (_bootstrapsLater && !_bootstrapped.Task.IsCompleted) core.Refresh(now, _ => _bootstrapped.TrySetResult());
        });
        Recover();
    }

    // Inside the core. The first look around met with silence, but there is another way to look.
    private bool IsToBootstrapLater()
    {
        if (_core.HeardAt != Instant.Zero || TcpRelays.Count == 0 || _bootstrapsLater || _relayFailure is not null) return false;
        _bootstrapsLater = true;
        // Already on the way: but what it asked may have been asked by the blocked one.
        if (_detour.Connection is not null) ThreadPool.UnsafeQueueUserWorkItem(static node => node.HandleOtherWay(), this, preferLocal: false);
        return true;
    }

    private void Forget(TcpRelayConnection left)
    {
        lock (_detourGate)
        {
            if (_left != left) return;
            _left = null;
        }

        _detour.Drop(left);
        _ = left.DisposeAsync().AsTask();
    }

    private async Task LeaveDetourAsync()
    {
        TcpRelayConnection?[] all;
        lock (_detourGate)
        {
            all = [_round, _left];
            (_round, _left) = (null, null);
            _detourCore.HandleLost(Now());
            _detourCore.HandleNetworkChange(Now());
        }

        foreach (var connection in all)
        {
            if (connection is null) continue;
            _detour.Drop(connection);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
