using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hyperdrive.Blobs;
using Nashi.Hypercore;

namespace Nashi.Hyperdrive;

/// <summary>Blobs of any size on one core, byte for byte the reference's Hyperblobs.</summary>
/// <remarks>
/// A blob is a run of blocks, or, when mapped, a small map whose entries name blocks anywhere in the core. May be used from many threads; writes take
/// turns. The core belongs to the caller.
/// </remarks>
public sealed class Hyperblobs
{
    // Reading ahead hides the round trip of each block when they come from peers.
    private const int ReadAhead = 16;

    private readonly HyperblobsOptions _options;
    private readonly CoreGetOptions _get;

    /// <summary>Blobs on a core.</summary>
    public Hyperblobs(Core core, HyperblobsOptions? options = null)
    {
        Core = core;
        _options = options ?? HyperblobsOptions.Default;
        _get = new CoreGetOptions { Wait = _options.Wait ? null : false, Timeout = _options.Timeout == Timeout.InfiniteTimeSpan ? null : _options.Timeout };
    }

    private SemaphoreSlim WriteLock { get; } = new(1, 1);

    /// <summary>The core that holds the blobs.</summary>
    public Core Core { get; }

    /// <summary>Stores a blob and answers where it is.</summary>
    public ValueTask<BlobId> PutAsync(ReadOnlyMemory<byte> blob, BlobWriteOptions? options = null, CancellationToken cancellationToken = default)
        => PutAsync(Split(blob), options, cancellationToken);

    /// <summary>Stores a blob that comes in chunks; each chunk becomes a block.</summary>
    public async ValueTask<BlobId> PutAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> chunks, BlobWriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        var session = await LockAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var id = await session.PutAsync(chunks, options, cancellationToken).ConfigureAwait(false);
        await session.FlushAsync(cancellationToken).ConfigureAwait(false);
        return id;
    }

    /// <summary>Stores all that a stream has, in blocks of the block size.</summary>
    public ValueTask<BlobId> PutAsync(Stream content, BlobWriteOptions? options = null, CancellationToken cancellationToken = default)
        => PutAsync(content.ReadChunksAsync(_options.BlockSize, cancellationToken), options, cancellationToken);

    /// <summary>Reads a whole blob, or a part of it, into memory.</summary>
    public async ValueTask<byte[]> GetAsync(BlobId id, ByteRange range = default, CancellationToken cancellationToken = default)
    {
        if (!id.IsMapped && id.ByteLength > _options.MaxInMemory && range.Length is null) throw BlobException.TooLarge(id.ByteLength, _options.MaxInMemory);
        if (id is { IsMapped: false, BlockLength: 1 } && range.IsAll) return await GetOneAsync(id, cancellationToken).ConfigureAwait(false);

        var output = new MemoryStream();
        await foreach (var chunk in ReadAsync(id, range, cancellationToken).ConfigureAwait(false))
        {
            if ((ulong)(output.Length + chunk.Length) > _options.MaxInMemory) throw BlobException.TooLarge((ulong)(output.Length + chunk.Length), _options.MaxInMemory);
            output.Write(chunk.Span);
        }

        return output.ToArray();
    }

    /// <summary>Reads a blob, or a part of it, block by block.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(BlobId id, ByteRange range = default, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        RequireInside(id);
        if (id.BlockLength == 0) yield break;
        var parts = id.IsMapped
            ? MappedParts(await GetBlockMapAsync(id, cancellationToken).ConfigureAwait(false), range)
            : await PlainPartsAsync(id, range, cancellationToken).ConfigureAwait(false);
        await foreach (var chunk in ReadPartsAsync(parts, cancellationToken).ConfigureAwait(false)) yield return chunk;
    }

    /// <summary>Reads a blob as a stream.</summary>
    public Stream OpenRead(BlobId id, ByteRange range = default) => new ChunkStream(ReadAsync(id, range));

    /// <summary>The size of a blob's content; for a mapped one its map is read.</summary>
    public async ValueTask<ulong> GetByteLengthAsync(BlobId id, CancellationToken cancellationToken = default)
    {
        if (!id.IsMapped || id.ByteLength == 0) return id.ByteLength;
        ulong size = 0;
        foreach (var block in await GetBlockMapAsync(id, cancellationToken).ConfigureAwait(false)) size = checked(size + block.ByteLength);
        return size;
    }

    /// <summary>The blocks that make up a blob.</summary>
    public async ValueTask<IReadOnlyList<BlobBlock>> GetBlockMapAsync(BlobId id, CancellationToken cancellationToken = default)
    {
        RequireInside(id);
        var map = new List<BlobBlock>();
        if (!id.IsMapped)
        {
            for (var i = id.BlockOffset; i < id.BlockEnd; i++) map.Add(new BlobBlock(i, (ulong)(await GetBlockAsync(i, cancellationToken).ConfigureAwait(false)).Length));
            return map;
        }

        if (id.BlockLength > BlockMapCodec.MaxMapBlocks) throw BlobException.BadMap($"it has {id.BlockLength} blocks, more than {BlockMapCodec.MaxMapBlocks}");
        for (var i = id.BlockOffset; i < id.BlockEnd; i++)
        {
            if (!BlockMapCodec.TryDecode(await GetBlockAsync(i, cancellationToken).ConfigureAwait(false), map)) throw BlobException.BadMap($"block {i} cannot be decoded");
        }

        return map;
    }

    /// <summary>Whether all blocks of a blob are on this machine.</summary>
    public bool Has(BlobId id)
    {
        for (var i = id.BlockOffset; i < id.BlockEnd; i++)
        {
            if (!Core.Has(i)) return false;
        }

        if (!id.IsMapped) return true;
        var map = new List<BlobBlock>();
        for (var i = id.BlockOffset; i < id.BlockEnd; i++)
        {
            if (!Core.TryGet(i, out var bytes) || !BlockMapCodec.TryDecode(bytes, map)) return false;
        }

        return map.TrueForAll(block => Core.Has(block.Index));
    }

    /// <summary>Brings all blocks of a blob to this machine.</summary>
    public async ValueTask DownloadAsync(BlobId id, CancellationToken cancellationToken = default)
    {
        if (Has(id)) return;
        await foreach (var _ in ReadAsync(id, ByteRange.All, cancellationToken).ConfigureAwait(false)) cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>Removes a blob's blocks from this machine. Blocks that a mapped blob shares with others go too.</summary>
    public async ValueTask ClearAsync(BlobId id, CancellationToken cancellationToken = default)
    {
        if (id.IsMapped && Has(id))
        {
            foreach (var block in await GetBlockMapAsync(id, cancellationToken).ConfigureAwait(false)) await Core.ClearAsync(block.Index, block.Index + 1, cancellationToken).ConfigureAwait(false);
        }

        if (id.BlockLength > 0) await Core.ClearAsync(id.BlockOffset, id.BlockEnd, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits for the write lock; blobs written through the answer are appended together.</summary>
    internal async ValueTask<BlobSession> LockAsync(CancellationToken cancellationToken)
    {
        await WriteLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new BlobSession(this, WriteLock);
    }

    internal async ValueTask<Dictionary<Bytes32, BlobBlock>> HashBlocksAsync(BlobId id, CancellationToken cancellationToken)
    {
        var known = new Dictionary<Bytes32, BlobBlock>();
        foreach (var block in await GetBlockMapAsync(id, cancellationToken).ConfigureAwait(false))
        {
            known[Blake2b.Hash(await GetBlockAsync(block.Index, cancellationToken).ConfigureAwait(false))] = block;
        }

        return known;
    }

    internal async IAsyncEnumerable<ReadOnlyMemory<byte>> Split(ReadOnlyMemory<byte> blob)
    {
        await ValueTask.CompletedTask.ConfigureAwait(false);
        for (var i = 0; i < blob.Length; i += _options.BlockSize) yield return blob.Slice(i, Math.Min(_options.BlockSize, blob.Length - i));
    }

    private async ValueTask<byte[]> GetOneAsync(BlobId id, CancellationToken cancellationToken)
    {
        RequireInside(id);
        var block = await GetBlockAsync(id.BlockOffset, cancellationToken).ConfigureAwait(false);
        return (ulong)block.Length == id.ByteLength ? block : throw BlobException.WrongSize(id.ByteLength, (ulong)block.Length);
    }

    private ValueTask<byte[]> GetBlockAsync(ulong index, CancellationToken cancellationToken)
    {
        if (Core.TryGet(index, out var block)) return ValueTask.FromResult(block);

        // The holder of the key knows its length for sure; for others the blob may lie in what they have not seen yet.
        if (Core.IsWritable && index >= Core.Length) throw BlobException.OutOfRange(new BlobId(index, 1, 0, 0), Core.Length);
        return Core.GetAsync(index, _get, cancellationToken);
    }

    private void RequireInside(BlobId id)
    {
        const ulong max = 1UL << 53;
        if (id.BlockOffset >= max || id.BlockLength >= max || id.ByteOffset >= max || id.ByteLength >= max) throw BlobException.OutOfRange(id, Core.Length);
        if (Core.IsWritable && id.BlockEnd > Core.Length) throw BlobException.OutOfRange(id, Core.Length);
    }

    // Whoever stops reading early must not leave requests waiting at peers.
    private sealed class Disposal(Action action) : IDisposable
    {
        public void Dispose() => action();
    }

    private readonly record struct Part(ulong Index, int Skip, ulong Take, ulong? Whole);

    private static IEnumerable<Part> MappedParts(IReadOnlyList<BlobBlock> map, ByteRange range)
    {
        ulong at = 0, end = range.EndWithin(ulong.MaxValue);
        foreach (var block in map)
        {
            var (from, to) = (Math.Max(at, range.Start), Math.Min(at + block.ByteLength, end));
            if (from < to) yield return new Part(block.Index, (int)(from - at), to - from, block.ByteLength);
            at += block.ByteLength;
            if (at >= end) yield break;
        }
    }

    private async ValueTask<IEnumerable<Part>> PlainPartsAsync(BlobId id, ByteRange range, CancellationToken cancellationToken)
    {
        var end = range.EndWithin(id.ByteLength);
        if (range.Start >= end) return [];
        if (range.Start == 0) return PlainParts(id.BlockOffset, 0, id.BlockEnd, end);
        var found = await Core.SeekAsync(id.ByteOffset + range.Start, cancellationToken).ConfigureAwait(false) ?? throw BlobException.OutOfRange(id, Core.Length);
        if (found.Block < id.BlockOffset || found.Block >= id.BlockEnd) throw BlobException.OutOfRange(id, Core.Length);
        return PlainParts(found.Block, (int)found.Offset, id.BlockEnd, end - range.Start);
    }

    // The size of a plain block is only known once it is here: each part takes what it can, until nothing is left to take.
    private static IEnumerable<Part> PlainParts(ulong first, int skip, ulong blockEnd, ulong take)
    {
        for (var i = first; i < blockEnd; i++, skip = 0) yield return new Part(i, skip, take, null);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadPartsAsync(IEnumerable<Part> parts, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopping = new Disposal(stop.Cancel);
        var ahead = new Queue<(Part Part, Task<byte[]> Block)>();
        using var source = parts.GetEnumerator();
        ulong taken = 0;
        Part last = default;
        while (true)
        {
            // Blocks that are here come at once, so reading ahead only starts when one is not.
            while (ahead.Count < ReadAhead && (ahead.Count == 0 || !ahead.Peek().Block.IsCompleted) && source.MoveNext())
            {
                ahead.Enqueue((source.Current, GetBlockAsync(source.Current.Index, stop.Token).AsTask()));
            }

            if (!ahead.TryDequeue(out var next)) break;
            var block = await next.Block.ConfigureAwait(false);
            last = next.Part;
            var chunk = Cut(block, last, last.Whole is null ? last.Take - taken : last.Take);
            taken += (ulong)chunk.Length;
            if (!chunk.IsEmpty) yield return chunk;
            if (last.Whole is null && taken >= last.Take) yield break;
        }

        if (last.Whole is null && taken < last.Take) throw BlobException.WrongSize(last.Take, taken);
    }

    private static ReadOnlyMemory<byte> Cut(byte[] block, Part part, ulong take)
    {
        if (part.Whole is { } whole && whole != (ulong)block.Length) throw BlobException.WrongSize(whole, (ulong)block.Length);
        if (part.Skip > block.Length) throw BlobException.WrongSize((ulong)part.Skip, (ulong)block.Length);
        var length = (int)Math.Min(take, (ulong)(block.Length - part.Skip));
        return block.AsMemory(part.Skip, length);
    }
}
