using Nashi.Dht;

namespace Nashi.Cli.Commands;

/// <summary>A node cache that shows what was in it.</summary>
internal sealed class WatchedNodeCache(INodeCache inner) : INodeCache
{
    /// <summary>What the node remembered when it started.</summary>
    public NodeMemory Loaded { get; private set; } = NodeMemory.Empty;

    public async ValueTask<NodeMemory?> LoadAsync(string network, CancellationToken cancellationToken = default)
    {
        var memory = await inner.LoadAsync(network, cancellationToken).ConfigureAwait(false);
        Loaded = memory ?? NodeMemory.Empty;
        return memory;
    }

    public ValueTask SaveAsync(string network, NodeMemory memory, CancellationToken cancellationToken = default) =>
        inner.SaveAsync(network, memory, cancellationToken);
}
