using System.Buffers;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Hyperdrive.Blobs;

/// <summary>Writes one blob: takes its chunks, cuts and remembers them as asked, and answers the id at the end.</summary>
internal sealed class BlobWriter(BlobAppender appender, BlobWriteOptions options, Dictionary<Bytes32, BlobBlock>? known)
{
    private readonly List<BlobBlock>? _map = options.BlockMap || options.Dedup ? [] : null;
    private readonly Dictionary<Bytes32, BlobBlock>? _known = options.Dedup ? known ?? [] : null;
    private readonly ContentChunker? _chunker = options.ChunkByContent ? new() : null;
    private readonly ArrayBufferWriter<byte> _chunk = new();
    private readonly ulong _firstBlock = appender.NextBlock;
    private readonly ulong _firstByte = appender.NextByte;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> chunk, CancellationToken cancellationToken)
    {
        while (_chunker is not null && !chunk.IsEmpty)
        {
            var taken = _chunker.Scan(chunk.Span, out var isCut);
            _chunk.Write(chunk.Span[..taken]);
            chunk = chunk[taken..];
            if (isCut) await CutAsync(cancellationToken).ConfigureAwait(false);
        }

        if (!chunk.IsEmpty) await AddAsync(chunk, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<BlobId> FinishAsync(CancellationToken cancellationToken)
    {
        if (_chunk.WrittenCount > 0) await CutAsync(cancellationToken).ConfigureAwait(false);
        // The reference cannot read a map without blocks: an empty blob has none.
        if (_map is null or { Count: 0 }) return new BlobId(_firstBlock, appender.NextBlock - _firstBlock, _firstByte, appender.NextByte - _firstByte);
        if (_map.Count > BlockMapCodec.MaxEntries * BlockMapCodec.MaxMapBlocks) throw BlobException.BadMap("the blob has too many blocks to be mapped");

        var (block, at) = (appender.NextBlock, appender.NextByte);
        foreach (var part in BlockMapCodec.Encode(_map)) await appender.AddAsync(part, cancellationToken).ConfigureAwait(false);
        return new BlobId(block, appender.NextBlock - block, at, appender.NextByte - at, IsMapped: true);
    }

    private ValueTask CutAsync(CancellationToken cancellationToken)
    {
        var block = _chunk.WrittenSpan.ToArray();
        _chunk.ResetWrittenCount();
        return AddAsync(block, cancellationToken);
    }

    private ValueTask AddAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        var entry = new BlobBlock(appender.NextBlock, (ulong)block.Length);
        if (_known is not null)
        {
            var hash = Blake2b.Hash(block.Span);
            if (_known.TryGetValue(hash, out var same))
            {
                _map!.Add(same);
                return ValueTask.CompletedTask;
            }

            _known.Add(hash, entry);
        }

        _map?.Add(entry);
        return appender.AddAsync(block, cancellationToken);
    }
}
