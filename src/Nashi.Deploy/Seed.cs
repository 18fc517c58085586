using Nashi.Encoding;
using Nashi.Hyperdrive;
using Nashi.Hypercore;
using Nashi.Swarm;

namespace Nashi.Deploy;

/// <summary>Keeps a drive available: announces it and holds a full copy, as long as it is not disposed.</summary>
public sealed class Seed : IAsyncDisposable
{
    private readonly Drive _drive;
    // What an announcement on the internet may take before being found by neighbours is enough.
    private static readonly TimeSpan LanPatience = TimeSpan.FromSeconds(3);

    private readonly DeploySession _session;
    private readonly SwarmDiscovery _discovery;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _downloading;

    private Seed(DeploySession session, Drive drive, SwarmDiscovery discovery)
    {
        _session = session;
        _drive = drive;
        _discovery = discovery;
        _downloading = Task.Run(DownloadAsync);
    }

    /// <summary>What it is announced under.</summary>
    public DiscoveryKey DiscoveryKey => _drive.DiscoveryKey;

    /// <summary>The newest version that is known.</summary>
    public ulong Length => _drive.Core.Length;

    /// <summary>Starts announcing and downloading.</summary>
    public static async ValueTask<Seed> StartAsync(DeploySession session, PearLink link, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(link);
        var drive = await Drive.OpenAsync(session.Store, link.Key, null, cancellationToken).ConfigureAwait(false);
        var discovery = await session.JoinAsync(drive.DiscoveryKey, server: true, client: true, cancellationToken).ConfigureAwait(false);
        return new Seed(session, drive, discovery);
    }

    /// <summary>Completes when the drive can be found: through the network, or at least by neighbours.</summary>
    /// <returns>Whether the network took the announcement; otherwise only neighbours can find it yet.</returns>
    /// <exception cref="NotAnnouncedException">No node of the network took the announcement, and there is no local network.</exception>
    public async ValueTask<bool> AnnouncedAsync(CancellationToken cancellationToken = default)
    {
        var announced = _discovery.FlushedAsync(cancellationToken).AsTask();
        var patience = Task.Delay(LanPatience, TimeProvider.System, cancellationToken);
        if (await Task.WhenAny(announced, patience).ConfigureAwait(false) != announced && _session.IsOnLan) return false;
        if (await announced.ConfigureAwait(false)) return true;
        return _session.IsOnLan ? false : throw new NotAnnouncedException();
    }

    /// <summary>Stops announcing and closes the drive.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _downloading.ConfigureAwait(false);
        await _discovery.LeaveAsync(CancellationToken.None).ConfigureAwait(false);
        await _drive.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task DownloadAsync()
    {
        try
        {
            using var metadata = _drive.Core.Download();
            var blobs = await _drive.GetBlobsAsync(_stop.Token).ConfigureAwait(false);
            using var content = blobs.Core.Download();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }
}
