using Nashi.Encoding;
using Nashi.Hyperbee;

namespace Nashi.Hyperbee2.Tree;

/// <summary>A core that a tree spans. There is one object per core and tree, so it is compared by reference.</summary>
internal sealed class BeeCore(CoreKey key, IBlockLog log)
{
    public CoreKey Key => key;

    public IBlockLog Log => log;
}
