using Nashi.Hypercore;

namespace Nashi.Hyperdrive.Blobs;

/// <summary>Blocks on their way into a core: numbered at once, appended in large groups. Used by the one holder of the write lock.</summary>
internal sealed class BlobAppender(Core core)
{
    // One signature and one storage batch per group.
    private const int GroupBytes = 4 * 1024 * 1024;
    private const int GroupBlocks = 1024;

    private List<ReadOnlyMemory<byte>> _blocks = [];
    private ulong _bytes;

    public ulong NextBlock => core.Length + (ulong)_blocks.Count;

    public ulong NextByte => core.ByteLength + _bytes;

    public ValueTask AddAsync(ReadOnlyMemory<byte> block, CancellationToken cancellationToken)
    {
        _blocks.Add(block);
        _bytes += (ulong)block.Length;
        return _bytes < GroupBytes && _blocks.Count < GroupBlocks ? ValueTask.CompletedTask : FlushAsync(cancellationToken);
    }

    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (_blocks.Count == 0) return;
        await core.AppendAsync(_blocks, cancellationToken).ConfigureAwait(false);
        _blocks = [];
        _bytes = 0;
    }
}
