using Nashi.Dht.Rpc;

namespace Nashi.Dht.Protocol;

/// <content>What a node does by itself, counted in ticks of five seconds. Source: network.md §2.8.</content>
internal sealed partial class DhtCore
{
    private const int PingEvery = 8;
    private const int RefreshEvery = 60;
    private const int RefreshSmallTableEvery = 64;
    private const int RecentWithin = 12;
    private const int OldAfter = 360;
    private const int StableAfter = 240;
    private const int StableAfterFailure = 720;
    private const int HintsPerTick = 50;
    private const int MaxRepings = 3;
    private const int SleptTicks = 3;

    private static readonly TimeSpan TickLength = TimeSpan.FromSeconds(5);

    private Instant _nextTick;
    private long _tick;
    private int _refreshTicks;
    private int _stableTicks;
    private int _repings;
    private int _hintsThisTick;
    private int _heardThisTick;

    private void Tick(Instant now)
    {
        if (now - _nextTick >= SleptTicks * TickLength) WakeUp(now);
        _nextTick = now + TickLength;
        _tick++;
        _hintsThisTick = 0;
        JudgeSilence(now);
        _heardThisTick = 0;
        if (_table.Count == 0 && HasEntrances) LookAround(now);
        if (!IsBootstrapped) return;
        if (IsAdaptive && IsEphemeral && --_stableTicks <= 0)
        {
            _stableTicks = StableAfterFailure;
            Reconsider(mayServe: true, now);
        }

        if (_tick % PingEvery == 0) PingSome(now);
        if (--_refreshTicks <= 0 || (_table.Count < Routing.RoutingTable.K && _tick % RefreshSmallTableEvery == 0)) RefreshSome(now);
    }

    private bool IsAdaptive => _options.IsEphemeral is null && HasEntrances;

    private void PingSome(Instant now)
    {
        var count = Rpc.PendingCount > 2 ? 3 : 5;
        var oldest = _table.ByContact.FirstOrDefault();
        if (oldest is null) return;
        if (_tick - oldest.SeenTick < RecentWithin) count = 2;
        foreach (var node in _table.ByContact.Take(count).ToArray())
        {
            node.PingedTick = _tick;
            Send(RpcCall.Ping(node.Address, static (_, _) => { }), now);
        }
    }

    private void RefreshSome(Instant now)
    {
        _refreshTicks = RefreshEvery;
        LookFor(_table.Any(_random)?.Id ?? _table.OwnId, now);
    }
}
