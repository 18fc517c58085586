namespace Nashi.Hypercore.Seam;

/// <summary>The replicator of a core, as the core sees it. One per core, made with it, living as long.</summary>
/// <remarks>
/// The On… calls come on the core's lane, in the order of the writes, after the write is durable as asked: they must be quick and must not wait for the core.
/// The others are called by sessions on any thread; with no peer they wait until one comes or the token ends the wait.
/// </remarks>
internal interface ICoreReplicator : IAsyncDisposable
{
    /// <summary>How many peers replicate the core.</summary>
    int PeerCount { get; }

    /// <summary>The core grew, by our own append or by an upgrade.</summary>
    void OnUpgraded(CoreTip before, CoreTip after);

    /// <summary>The core went to another fork; blocks from <paramref name="newLength"/> on are gone.</summary>
    void OnTruncated(ulong newLength, CoreTip after);

    /// <summary>Blocks came (own append or download) or went (clear).</summary>
    void OnBlocksChanged(ulong start, ulong count, bool held);

    /// <summary>The manifest is known now.</summary>
    void OnManifest();

    /// <summary>The core was frozen or is closing.</summary>
    void OnClosing();

    /// <summary>Downloads a block. True once it is stored; false when every peer there is has been asked and <paramref name="mayGiveUp"/>.</summary>
    ValueTask<bool> FetchBlockAsync(ulong index, bool mayGiveUp, CancellationToken cancellationToken);

    /// <summary>Looks for a longer tree. True when the core grew. Without <paramref name="wait"/>, returns at once when no peer is known.</summary>
    ValueTask<bool> UpdateAsync(bool wait, CancellationToken cancellationToken);

    /// <summary>Locates a byte with the help of peers: null when it is beyond the end or nobody can tell.</summary>
    ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding, CancellationToken cancellationToken);

    /// <summary>Starts downloading blocks; <paramref name="end"/> null follows the core as it grows. Ranges of a higher priority are asked for first.</summary>
    ICoreDownload Download(ulong start, ulong? end, bool linear, int priority = 0);
}
