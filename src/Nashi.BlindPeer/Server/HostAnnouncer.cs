using Nashi.Encoding;
using Nashi.Swarm;

namespace Nashi.BlindPeer.Server;

/// <summary>Keeps announced cores open and findable under their discovery keys. Thread-safe.</summary>
internal sealed class HostAnnouncer(Swarm.Swarm swarm, BlindPeerServer server) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<CoreKey, Announced> _all = [];
    private bool _isClosed;

    public int Count
    {
        get
        {
            lock (_gate) return _all.Count;
        }
    }

    /// <summary>Announces a core, if it is to be. Idempotent.</summary>
    public async Task AnnounceAsync(CoreKey key)
    {
        if (server.Keeper.Use((policy, _) => policy.Find(key) is { Announce: true }) is false) return;
        lock (_gate)
        {
            if (_isClosed || _all.ContainsKey(key)) return;
            _all.Add(key, new Announced());
        }

        HostedCore? hosted = null;
        try
        {
            hosted = await server.Keeper.AcquireAsync(key).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or IOException or ObjectDisposedException)
        {
            Log.AnnounceFailed(server.Options.Logger, key, error);
        }

        if (hosted is not null && TryKeep(key, hosted)) return;
        lock (_gate) _ = _all.Remove(key);
        if (hosted is not null) await server.Keeper.ReleaseAsync(hosted).ConfigureAwait(false);
    }

    public async Task WithdrawAsync(CoreKey key)
    {
        Announced? announced;
        lock (_gate) _ = _all.Remove(key, out announced);
        if (announced is not null) await EndAsync(announced).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Announced[] all;
        lock (_gate)
        {
            _isClosed = true;
            all = [.. _all.Values];
            _all.Clear();
        }

        await Task.WhenAll(all.Select(EndAsync)).ConfigureAwait(false);
    }

    private bool TryKeep(CoreKey key, HostedCore hosted)
    {
        lock (_gate)
        {
            if (_isClosed || !_all.TryGetValue(key, out var announced)) return false;
            // Looked for too: what is missing here may be had from others who announce it.
            (announced.Core, announced.Discovery) = (hosted, swarm.Join(new Topic(hosted.Core.DiscoveryKey.Value)));
            return true;
        }
    }

    private async Task EndAsync(Announced announced)
    {
        if (announced.Discovery is { } discovery) await discovery.LeaveAsync().ConfigureAwait(false);
        if (announced.Core is { } core) await server.Keeper.ReleaseAsync(core).ConfigureAwait(false);
    }

    private sealed class Announced
    {
        public HostedCore? Core { get; set; }

        public SwarmDiscovery? Discovery { get; set; }
    }
}
