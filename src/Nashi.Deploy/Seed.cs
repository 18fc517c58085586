using Nashi.Encoding;
using Nashi.Hyperdrive;
using Nashi.Hypercore;
using Nashi.Swarm;

namespace Nashi.Deploy;

/// <summary>Keeps a drive available: announces it and holds a full copy, as long as it is not disposed.</summary>
public sealed class Seed : IAsyncDisposable
{
    private readonly Drive _drive;
    private readonly SwarmDiscovery _discovery;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _downloading;

    private Seed(Drive drive, SwarmDiscovery discovery)
    {
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
        return new Seed(drive, discovery);
    }

    /// <summary>Completes when the drive can be found.</summary>
    /// <exception cref="NotAnnouncedException">No node of the network took the announcement.</exception>
    public async ValueTask AnnouncedAsync(CancellationToken cancellationToken = default)
    {
        if (await _discovery.FlushedAsync(cancellationToken).ConfigureAwait(false)) return;
        throw new NotAnnouncedException();
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
