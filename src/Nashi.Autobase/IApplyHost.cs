using Nashi.Encoding;

namespace Nashi.Autobase;

/// <summary>What the application may change of the base itself, while it applies values.</summary>
public interface IApplyHost
{
    /// <summary>The base.</summary>
    CoreKey Key { get; }

    /// <summary>Lets a writer in; one that indexes becomes an indexer with its first node from then on. Changes the rights of one that is in.</summary>
    ValueTask AddWriterAsync(CoreKey key, bool isIndexer = true);

    /// <summary>Shuts a writer out.</summary>
    /// <exception cref="InvalidOperationException">It is the last indexer.</exception>
    ValueTask RemoveWriterAsync(CoreKey key);

    /// <summary>Takes note of how far a writer was applied, and changes none of its rights.</summary>
    ValueTask AckWriterAsync(CoreKey key);

    /// <summary>Whether a writer may be removed: the last indexer may not.</summary>
    bool IsRemovable(CoreKey key);

    /// <summary>Stops the base before the values that are being applied: a newer version of the application is needed for them.</summary>
    /// <exception cref="ApplyInterruptedException">Always: let it through.</exception>
    void Interrupt(string reason);
}
