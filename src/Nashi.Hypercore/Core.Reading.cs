using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore;

/// <content>Reading blocks, from here and from peers.</content>
public sealed partial class Core
{
    /// <summary>Whether a block is here.</summary>
    public bool Has(ulong index) => index < (_snapshot?.IntactLength ?? Length) && _data.Has(index);

    /// <summary>Reads a block that is here, without waiting. False when it is not.</summary>
    /// <exception cref="SessionClosedException">This session is closed.</exception>
    public bool TryGet(ulong index, out byte[] block)
    {
        ThrowIfClosed();
        block = [];
        if (!_data.TryRead(index, _settings.Encryption, out var found) || found is null) return false;
        // Looked at afterwards: a snapshot hears of a truncation before a new block can take the place of an old one.
        if (_snapshot is not null && index >= _snapshot.IntactLength) return false;
        block = found;
        return true;
    }

    /// <summary>Reads a block; asks peers for one that is not here.</summary>
    /// <exception cref="BlockNotAvailableException">It is not here and is not waited for, or no peer has it.</exception>
    /// <exception cref="RequestTimeoutException">No peer answered in time.</exception>
    /// <exception cref="SnapshotNotAvailableException">This is a snapshot and the block was truncated away since.</exception>
    public ValueTask<byte[]> GetAsync(ulong index, CoreGetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var encryption = options is { Raw: true } ? null : _settings.Encryption;
        var found = _data.TryRead(index, encryption, out var block);
        ThrowIfTruncatedAway(index);
        if (block is not null) return new(block);
        return found ? DecryptAsync(index, encryption!, cancellationToken) : FetchAsync(index, options ?? CoreGetOptions.Default, cancellationToken);
    }

    /// <summary>Looks for a longer tree at peers; true when the core grew.</summary>
    /// <param name="wait">Also waits for a first peer; otherwise returns at once when there is none.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask<bool> UpdateAsync(bool wait = false, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return _snapshot is not null || _state.Replicator is not { } replicator || IsWritable ? new(false) : replicator.UpdateAsync(wait, cancellationToken);
    }

    /// <summary>Finds the block in which a byte lies, and where in it; null when that is beyond the end or nobody can tell.</summary>
    public async ValueTask<(ulong Block, ulong Offset)?> SeekAsync(ulong bytes, CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var padding = Padding;
        if (bytes >= ByteLength) return bytes == ByteLength ? (Length, 0) : null;
        var found = ByteSeek.Find(_data.Tree, _data.Nodes, bytes, padding);
        if (found is { IsFound: false } && _settings.Wait && _state.Replicator is { } replicator)
        {
            found = await replicator.SeekAsync(bytes, padding, cancellationToken).ConfigureAwait(false);
        }

        return found is { IsFound: true } at ? (at.Block, at.Offset) : null;
    }

    /// <summary>Starts downloading blocks from <paramref name="start"/> up to, not including, <paramref name="end"/>; without an end, follows the core as it grows.</summary>
    /// <param name="start">The first block.</param>
    /// <param name="end">One past the last block.</param>
    /// <param name="linear">Asks for them in order instead of the rarest or in random order.</param>
    public CoreDownload Download(ulong start = 0, ulong? end = null, bool linear = false) => Download(new CoreDownloadOptions { Start = start, End = end, Linear = linear });

    /// <summary>Starts downloading blocks, before or after other downloads.</summary>
    public CoreDownload Download(CoreDownloadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ThrowIfClosed();
        var to = options.End ?? (_snapshot is null ? (ulong?)null : Length);
        if (_state.Replicator is { } replicator) return new CoreDownload(replicator.Download(options.Start, to, options.Linear, options.Priority));
        return new CoreDownload(isComplete: to is { } last && _state.FindFirst(held: false, options.Start) >= last);
    }

    private async ValueTask<byte[]> FetchAsync(ulong index, CoreGetOptions options, CancellationToken cancellationToken)
    {
        // What a branch has beyond the core exists only here.
        var isLocal = !ReferenceEquals(_data, _state) && index < _data.Tree.Length && index >= _data.SharedLength;
        if (isLocal || !(options.Wait ?? _settings.Wait) || _state.Replicator is not { } replicator) throw NotAvailable(index);
        var timeout = options.Timeout ?? _settings.Timeout;
        using var timer = timeout == Timeout.InfiniteTimeSpan ? null : new CancellationTokenSource(timeout, _state.Clock);
        using var linked = timer is null ? null : CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await FetchAsync(replicator, index, options, linked?.Token ?? cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            throw new RequestTimeoutException(Key, $"No peer sent block {index} of core {Key} within {timeout}. {PeerCount} peers replicate it; try again when more are connected.");
        }
    }

    private async ValueTask<byte[]> FetchAsync(ICoreReplicator replicator, ulong index, CoreGetOptions options, CancellationToken cancellationToken)
    {
        var encryption = options.Raw ? null : _settings.Encryption;
        while (await replicator.FetchBlockAsync(index, mayGiveUp: false, cancellationToken).ConfigureAwait(false))
        {
            ThrowIfClosed();
            // It may have been cleared in the meantime: then ask again.
            var found = _data.TryRead(index, encryption, out var block);
            ThrowIfTruncatedAway(index);
            if (block is not null) return block;
            if (found) return await DecryptAsync(index, encryption!, cancellationToken).ConfigureAwait(false);
        }

        ThrowIfClosed();
        throw NotAvailable(index);
    }

    // The encryption fetches what it lacks, once.
    private async ValueTask<byte[]> DecryptAsync(ulong index, IBlockEncryption encryption, CancellationToken cancellationToken)
    {
        if (!_data.TryRead(index, null, out var stored) || stored is null) throw NotAvailable(index);
        if (await encryption.PrepareAsync(index, stored, cancellationToken).ConfigureAwait(false) && encryption.TryDecrypt(index, stored) is { } block) return block;
        throw new BlockNotAvailableException(Key, $"Block {index} of core {Key} is here, but what decrypts it is not.");
    }

    private BlockNotAvailableException NotAvailable(ulong index) =>
        new(Key, index >= Length
            ? $"Core {Key} has {Length} blocks, so there is no block {index} yet. Call UpdateAsync or wait for it."
            : $"Block {index} of core {Key} is not stored here. Connect to a peer that has it and read with Wait.");

    private void ThrowIfTruncatedAway(ulong index)
    {
        if (_snapshot is null || index < _snapshot.IntactLength) return;
        throw index < _snapshot.Tip.Length
            ? new SnapshotNotAvailableException(Key, $"Block {index} of this snapshot of core {Key} was truncated away. Make a new snapshot.")
            : new BlockNotAvailableException(Key, $"This snapshot of core {Key} ends at block {_snapshot.Tip.Length}.");
    }
}
