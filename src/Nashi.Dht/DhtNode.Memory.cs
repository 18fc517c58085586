using Nashi.Datagrams;
using Nashi.Dht.Routing;

namespace Nashi.Dht;

/// <content>Whom it knew before: nodes and peers on disk, and the first nodes by name.</content>
public sealed partial class DhtNode
{
    private const int SaveFirstAfter = 10;
    private const int SaveEvery = 300;
    private const int NamesAfter = 5;
    private const int EntrancesKept = 40;

    private static readonly TimeSpan ResolveFirstAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResolveAtMost = TimeSpan.FromSeconds(60);

    private readonly string _network;
    private NodeMemory _memory = NodeMemory.Empty;
    private IReadOnlyList<UdpAddress> _resolved = [];
    private int _resolving;
    private long _rememberedFor;

    private bool IsFirstOfItsNetwork => _options.Bootstrap.Count == 0 && _options.BootstrapNames.Count == 0;

    private IReadOnlyList<string> NamesIfSilent => ReferenceEquals(_options.Bootstrap, DhtOptions.PublicBootstrap) ? DhtOptions.PublicBootstrapNames : [];

    private async ValueTask RememberAsync(CancellationToken cancellationToken)
    {
        if (_options.Cache is not { } cache || IsFirstOfItsNetwork) return;
        try
        {
            _memory = await cache.LoadAsync(_network, cancellationToken).ConfigureAwait(false) ?? NodeMemory.Empty;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Log.CacheFailed(_options.Logger, "read", error);
            return;
        }

        foreach (var peer in _memory.Peers.TakeLast(NodeMemory.MaxPeers)) Connector.Relays.Set(peer.PublicKey, peer.RelayAddresses);
        UpdateEntrances();
        Log.Remembered(_options.Logger, _memory.Nodes.Count, _memory.Peers.Count);
    }

    private void LookAfterMemory()
    {
        if (_watches == NamesAfter && NamesIfSilent.Count > 0 && Enter((core, _) => core.HeardAt == Instant.Zero)) _ = ResolveAsync(NamesIfSilent);
        if (_options.Cache is null || !IsBootstrapped) return;
        _rememberedFor++;
        if (_rememberedFor % SaveEvery == SaveFirstAfter) _ = SaveMemoryAsync();
    }

    private async Task SaveMemoryAsync()
    {
        if (_options.Cache is not { } cache || IsFirstOfItsNetwork) return;
        var memory = new NodeMemory(NodesWorthKeeping(), _connector?.Relays.Snapshot() ?? _memory.Peers)
        {
            TcpRelays = [.. _goodRelays.Concat(_memory.TcpRelays).Distinct().Take(NodeMemory.MaxTcpRelays)],
        };
        if (memory.Nodes.Count == 0 && memory.Peers.Count == 0 && memory.TcpRelays.Count == 0) return;
        try
        {
            await cache.SaveAsync(_network, memory, CancellationToken.None).ConfigureAwait(false);
            _memory = memory;
        }
        catch (Exception error)
        {
            Log.CacheFailed(_options.Logger, "saved", error);
        }
    }

    // Who has been there for longest, of those heard of lately, will most likely be there tomorrow. After them, those of the last time.
    private UdpAddress[] NodesWorthKeeping() => Enter((core, _) => core.Table.Latest.ToArray())
        .OrderByDescending(node => node.SeenTick - node.AddedTick)
        .Select(node => node.Address)
        .Concat(_memory.Nodes)
        .Distinct()
        .Take(NodeMemory.MaxNodes)
        .ToArray();

    private void UpdateEntrances()
    {
        UdpAddress[] entrances = [.. _options.Bootstrap.Concat(_resolved).Concat(_memory.Nodes.Take(EntrancesKept)).Distinct()];
        Do((core, now) => core.SetEntrances(entrances, now));
    }

    private async Task ResolveAsync(IReadOnlyList<string> names)
    {
        if (Interlocked.Exchange(ref _resolving, 1) != 0) return;
        var (wait, isFirst) = (ResolveFirstAgain, true);
        try
        {
            while (true)
            {
                var (found, unknown) = await BootstrapResolver.TryResolveAsync(names, Closing).ConfigureAwait(false);
                if (isFirst || found.Count > _resolved.Count)
                {
                    (_resolved, isFirst) = (found, false);
                    UpdateEntrances();
                }

                if (unknown.Count == 0) return;
                Log.Unresolved(_options.Logger, string.Join(", ", unknown), wait.TotalSeconds);
                await Task.Delay(wait, _options.Clock, Closing).ConfigureAwait(false);
                wait = TimeSpan.FromTicks(Math.Min(wait.Ticks * 2, ResolveAtMost.Ticks));
            }
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or InvalidBootstrapException)
        {
            // Closed; a malformed name was told when the options were checked.
        }
    }
}
