using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee;

/// <summary>What all views of one tree share.</summary>
internal sealed class BeeState(IBlockLog log, HyperbeeOptions options)
{
    public IBlockLog Log => log;

    public HyperbeeOptions Options => options;

    public BlockCache Cache { get; } = new(options.MaxCachedBlocks);

    /// <summary>Touched under <see cref="WriteLock"/> only.</summary>
    public KeptTree Tree { get; } = new(2 * options.MaxCachedBlocks);

    // One writer at a time: the next block's bytes depend on all before it.
    public SemaphoreSlim WriteLock { get; } = new(1, 1);
}
