using System.Runtime.CompilerServices;
using Nashi.Encoding;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.State;

namespace Nashi.Hypercore;

/// <content>Which blocks are here, walking over them, keeping only those in use, and what applications tell each other.</content>
public sealed partial class Core
{
    /// <summary>The first block from <paramref name="start"/> on that is here; null when there is none.</summary>
    public ulong? FindHeld(ulong start = 0) => Find(held: true, start);

    /// <summary>The first block from <paramref name="start"/> on that is not here; null when all up to the end are.</summary>
    public ulong? FindMissing(ulong start = 0) => Find(held: false, start);

    /// <summary>How many blocks from <paramref name="start"/> up to, not including, <paramref name="end"/> are here.</summary>
    public ulong CountHeld(ulong start = 0, ulong? end = null)
    {
        var (count, last) = (0UL, Math.Min(end ?? ulong.MaxValue, Length));
        for (var from = FindHeld(start); from < last; from = FindHeld(from.Value))
        {
            var to = Math.Min(FindMissing(from.Value) ?? last, last);
            count += to - from.Value;
            from = to;
        }

        return count;
    }

    /// <summary>Reads blocks in order; those that are not here are downloaded ahead of the reader, and no further.</summary>
    /// <param name="options">Which blocks, and how.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    public async IAsyncEnumerable<byte[]> ReadBlocksAsync(CoreReadOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        options ??= CoreReadOptions.Default;
        using var ahead = new ReadAhead(this, options);
        for (var index = options.Start; ; index++)
        {
            if (index >= (options.End ?? ulong.MaxValue)) yield break;
            if (index >= Length && (!options.IsLive || !await WaitForLengthAsync(index + 1, cancellationToken).ConfigureAwait(false))) yield break;
            ahead.MoveTo(index);
            yield return await GetAsync(index, options.Get, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Opens the core's bytes as a stream that can seek; a read waits for one block at most, and downloads ahead.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">How many bytes; null reads to the end of now.</param>
    public Stream OpenRead(ulong offset = 0, ulong? length = null)
    {
        ThrowIfClosed();
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteLength);
        return new CoreByteStream(this, (long)offset, (long)Math.Min(length ?? ulong.MaxValue, ByteLength - offset));
    }

    /// <summary>Opens a stream that appends what is written to it, cut into blocks; a write waits while as much as the options say is not stored yet.</summary>
    /// <remarks>Flush it to have everything stored, with a shorter last block; disposing it does so. Nothing but it may append meanwhile, or blocks come between.</remarks>
    /// <exception cref="CoreNotWritableException">The core can not be appended to.</exception>
    public Stream OpenWrite(CoreWriteOptions? options = null)
    {
        ThrowIfClosed();
        if (!IsWritable) throw new CoreNotWritableException(Key, $"Core {Key} can not be appended to here: its secret key is elsewhere.");
        return new CoreWriteStream(this, (options ?? CoreWriteOptions.Default).Validate());
    }

    /// <summary>Waits until the core has at least so many blocks; false when it was closed before.</summary>
    public async ValueTask<bool> WaitForLengthAsync(ulong length, CancellationToken cancellationToken = default)
    {
        if (Length >= length) return true;
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look(CoreChange change)
        {
            if (change.Length >= length) _ = reached.TrySetResult();
        }

        Changed += Look;
        try
        {
            if (Length >= length) return true;
            // The first is the end of this session, not of the core: another may keep that open.
            var ended = await Task.WhenAny(reached.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
            return ended == reached.Task;
        }
        finally
        {
            Changed -= Look;
        }
    }

    /// <summary>Starts to note which blocks are read, by any session; those that were noted before are forgotten.</summary>
    public void StartMarking()
    {
        ThrowIfClosed();
        _state.Marks = new Bitfield();
    }

    /// <summary>Notes blocks as if they were read.</summary>
    public void Mark(ulong start, ulong end)
    {
        ThrowIfClosed();
        var marks = _state.Marks ?? throw new InvalidOperationException("Call StartMarking first.");
        lock (marks) marks.SetRange(start, Math.Min(end, Length), true);
    }

    /// <summary>Clears all blocks that were not read or marked since <see cref="StartMarking"/>, and stops marking; returns how many were cleared.</summary>
    public async ValueTask<ulong> SweepAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        var marks = _state.Marks ?? throw new InvalidOperationException("Call StartMarking first.");
        var cleared = 0UL;
        for (var start = marks.FindFirst(false, 0); start < Length;)
        {
            var end = Math.Min(marks.FindFirst(true, start), Length);
            var held = CountHeld(start, end);
            if (held > 0) await ClearAsync(start, end, cancellationToken).ConfigureAwait(false);
            cleared += held;
            start = marks.FindFirst(false, end);
        }

        _state.Marks = null;
        return cleared;
    }

    /// <summary>Gives the space of cleared and truncated blocks back to the disk now; otherwise that happens by and by. Slow.</summary>
    public Task CompactAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfClosed();
        return Task.Run(_state.Storage.Compact, cancellationToken);
    }

    /// <summary>Exchanges messages of the application's own with the peers that replicate this core.</summary>
    /// <param name="name">What the other side calls it too.</param>
    /// <param name="received">Called for each message, on the connection's own thread: be quick. The sender's key, and the message, valid during the call.</param>
    /// <exception cref="InvalidOperationException">The core is not one of a Corestore, or has an extension of that name.</exception>
    public CoreExtension RegisterExtension(string name, Action<PublicKey, ReadOnlyMemory<byte>> received)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(received);
        ThrowIfClosed();
        return _state.Replicator is Replicator replicator ? replicator.AddExtension(name, received) : throw new InvalidOperationException("Only cores of a Corestore are replicated.");
    }

    private ulong? Find(bool held, ulong start)
    {
        if (!IsBranch)
        {
            var found = _state.FindFirst(held, start);
            return found < Length ? found : null;
        }

        for (var index = start; index < Length; index++)
        {
            if (Has(index) == held) return index;
        }

        return null;
    }
}
