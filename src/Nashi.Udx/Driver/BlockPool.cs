using System.Buffers;
using System.Collections.Concurrent;

namespace Nashi.Udx.Driver;

/// <summary>Blocks of one size for what streams received, kept for the next one. Thread-safe.</summary>
/// <remarks>
/// A pipe's blocks are taken by the socket's thread and given back by the reader's: the runtime's shared pool keeps its blocks per thread, and would
/// allocate all the time.
/// </remarks>
internal sealed class BlockPool : MemoryPool<byte>
{
    private const int BlockSize = 16 * 1024;
    private const int KeptMax = 1024;

    private readonly ConcurrentQueue<Block> _free = new();
    private int _kept;

    private BlockPool()
    {
    }

    public static new BlockPool Shared { get; } = new();

    public override int MaxBufferSize => BlockSize;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryDequeue(out var block)) return new Block(this);
        _ = Interlocked.Decrement(ref _kept);
        block.IsFree = false;
        return block;
    }

    protected override void Dispose(bool disposing)
    {
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _kept) <= KeptMax) _free.Enqueue(block);
        else _ = Interlocked.Decrement(ref _kept);
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public bool IsFree { get; set; }

        public Memory<byte> Memory { get; } = GC.AllocateUninitializedArray<byte>(BlockSize);

        public void Dispose()
        {
            if (IsFree) return;
            IsFree = true;
            pool.Return(this);
        }
    }
}
