using Nashi.Datagrams;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;

namespace Nashi.Dht.Protocol;

/// <content>How a node lives through sleep, silence, and changes of its network. Source: network.md §2.8, §2.9, §3.11.</content>
internal sealed partial class DhtCore
{
    private const int OfflineAfterTicks = 2;
    private const int CallsAtOnce = 3;

    private static readonly TimeSpan CallEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan WakesOnceWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HeardLately = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetestAfter = TimeSpan.FromSeconds(2);

    private IReadOnlyList<UdpAddress> _entrances;
    private Instant _nextCall = Instant.Never;
    private Instant _wokeAt = Instant.Never;
    private int _silentTicks;
    private long _silentBefore;
    private int _nextEntrance;

    /// <summary>Whether it neither sends nor hears.</summary>
    public bool IsSuspended { get; private set; }

    /// <summary>Whether anybody answered lately, or nobody was asked.</summary>
    public bool IsOnline => _silentTicks < OfflineAfterTicks;

    /// <summary>When anybody answered last; <see cref="Instant.Zero"/> when nobody ever did.</summary>
    public Instant HeardAt { get; private set; }

    private bool HasEntrances => _entrances.Count > 0;

    private int AnonymousMax => Math.Max(1, _options.Bootstrap.Count);

    /// <summary>Sets the nodes to start from, as names are resolved and old acquaintances remembered.</summary>
    public void SetEntrances(IReadOnlyList<UdpAddress> entrances, Instant now)
    {
        _entrances = entrances;
        if (!IsSuspended && (_table.Count == 0 || !IsBootstrapped)) LookAround(now);
    }

    /// <summary>Stops: what is under way ends as unanswered, and nothing is done until <see cref="Resume"/>.</summary>
    public void Suspend(Instant now)
    {
        IsSuspended = true;
        // Queries go on to their next candidates as the first fall silent; without answers there are ever fewer.
        while (Rpc.PendingCount > 0) Rpc.Abort(now);
    }

    /// <summary>Goes on, on other sockets.</summary>
    public void Resume(object client, object server, UdpAddress serverAddress, Instant now)
    {
        (_client, _server, _serverAddress) = (client, server, serverAddress);
        IsSuspended = false;
        _isTestingFirewall = false;
        WakeUp(now);
    }

    /// <summary>The machine slept: whom it knew may be gone, and where it is known may have changed.</summary>
    public void WakeUp(Instant now)
    {
        if (_wokeAt != Instant.Never && now - _wokeAt < WakesOnceWithin) return;
        _wokeAt = now;
        _nextTick = now + TickLength;
        _tick += 2 * OldAfter;
        _refreshTicks = 1;
        _stableTicks = StableAfterFailure;
        _silentTicks = 0;
        _nextCall = Instant.Never;
        if (HasEntrances) ForgetOwnAddress();
        if (IsAdaptive)
        {
            (IsFirewalled, IsEphemeral) = (_options.IsFirewalled, true);
            _events.StandingChanged();
        }

        if (HasEntrances || _table.Count > 0) LookAround(now);
        _events.Woke();
    }

    /// <summary>The interfaces have other addresses: where others see us has to be learnt anew.</summary>
    public void HandleNetworkChange(Instant now)
    {
        if (IsSuspended || (!HasEntrances && _table.Count == 0)) return;
        if (HasEntrances) ForgetOwnAddress();
        PingSome(now);
        if (_table.Count == 0) LookAround(now);
        if (!IsFirewalled && IsAdaptive) Later(now + RetestAfter, Retest);
    }

    /// <summary>Others see us elsewhere than we believed.</summary>
    public void HandleMoved(Instant now)
    {
        if (HasEntrances) ForgetOwnAddress();
        PingSome(now);
    }

    private void ForgetOwnAddress()
    {
        (_nat, _anonymousSamples) = (new NatSampler(), 0);
        foreach (var node in _table.ByContact) node.SampledTick = long.MinValue / 2;
    }

    private void Retest(Instant now) => TestFirewall(now, (open, _) =>
    {
        if (open is not null || IsFirewalled) return;
        (IsFirewalled, IsEphemeral) = (true, true);
        _stableTicks = StableAfterFailure;
        _events.StandingChanged();
    });

    private void HandleHeard(Instant now)
    {
        HeardAt = now;
        if (_silentTicks == 0) return;
        var wasOnline = IsOnline;
        (_silentTicks, _nextCall) = (0, Instant.Never);
        if (!wasOnline) _events.OnlineChanged();
    }

    // Who is not asked cannot be silent.
    private void JudgeSilence(Instant now)
    {
        var wasOnline = IsOnline;
        var hasAsked = Rpc.PendingCount > 0 || Rpc.Counters.Silent != _silentBefore;
        _silentBefore = Rpc.Counters.Silent;
        if (_heardThisTick > 0) _silentTicks = 0;
        else if (hasAsked || _silentTicks > 0) _silentTicks++;
        if (_silentTicks > 0) _nextCall = Instant.Min(_nextCall, now);
        if (wasOnline && !IsOnline) _events.OnlineChanged();
    }

    // Silence: a few old acquaintances and entrances are called every two seconds, so that the return of the network is noticed soon.
    private void CallOut(Instant now)
    {
        _nextCall = _silentTicks == 0 ? Instant.Never : now + CallEvery;
        if (_silentTicks == 0) return;
        foreach (var node in _table.Latest.Take(CallsAtOnce).ToArray()) Call(node.Address, now);
        if (HasEntrances) Call(_entrances[_nextEntrance++ % _entrances.Count], now);
    }

    private void Call(UdpAddress address, Instant now) => Send(RpcCall.Ping(address, static (_, _) => { }, retries: 0), now);

    // While nobody answers, the fault is the network's: an empty table would not help when it returns.
    private bool IsToBlame(KnownNode node, Instant now) => now - HeardAt < HeardLately || _tick - node.SeenTick > 2 * OldAfter;
}
