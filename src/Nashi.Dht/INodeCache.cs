namespace Nashi.Dht;

/// <summary>Remembers, across restarts, whom a node knew: then it needs no bootstrap node.</summary>
/// <remarks>Must be thread-safe. What it throws is logged and otherwise ignored: a node works without a memory.</remarks>
public interface INodeCache
{
    /// <summary>Reads what was saved; null when nothing was, or it is damaged.</summary>
    /// <param name="network">Names the network: nodes of one must not be mixed with those of another. Safe as a part of a file name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<NodeMemory?> LoadAsync(string network, CancellationToken cancellationToken = default);

    /// <summary>Saves, all or nothing.</summary>
    /// <param name="network">Names the network.</param>
    /// <param name="memory">What to remember.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SaveAsync(string network, NodeMemory memory, CancellationToken cancellationToken = default);
}
