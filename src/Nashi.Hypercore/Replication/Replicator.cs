using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Encoding;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Replication;

/// <summary>Replicates one core over any number of connections.</summary>
internal sealed class Replicator : ICoreReplicator
{
    private readonly IReplicatedCore _core;

    public Replicator(IReplicatedCore core, ReplicationOptions? options = null, TimeProvider? clock = null, IRandom? random = null, ILogger? logger = null)
    {
        _core = core;
        _ = (options ?? ReplicationOptions.Default).Validate();
        _ = clock ?? TimeProvider.System;
        _ = random ?? SystemRandom.Instance;
        _ = logger ?? NullLogger.Instance;
    }

    public DiscoveryKey DiscoveryKey => _core.DiscoveryKey;

    /// <summary>Peers whose channel is open on both sides.</summary>
    public int PeerCount => 0;

    /// <summary>Raised off any lock when <see cref="PeerCount"/> changed.</summary>
    public event Action? PeersChanged;

    /// <summary>Whether we tell peers that we want more. True by default; false for a core that is open only to serve.</summary>
    public bool IsDownloading { get; set; } = true;

    public bool AddConnection(CoreReplication connection) => false;

    public void RemoveConnection(CoreReplication connection) => PeersChanged?.Invoke();

    public void OpenChannel(CoreReplication connection)
    {
    }

    public void OnUpgraded(CoreTip before, CoreTip after)
    {
    }

    public void OnTruncated(ulong newLength, CoreTip after)
    {
    }

    public void OnBlocksChanged(ulong start, ulong count, bool held)
    {
    }

    public void OnManifest()
    {
    }

    public void OnClosing()
    {
    }

    public ValueTask<bool> FetchBlockAsync(ulong index, bool mayGiveUp, CancellationToken cancellationToken) => new(false);

    public ValueTask<bool> UpdateAsync(bool wait, CancellationToken cancellationToken) => new(false);

    public ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding, CancellationToken cancellationToken) => default;

    public ICoreDownload Download(ulong start, ulong? end, bool linear) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => default;
}
