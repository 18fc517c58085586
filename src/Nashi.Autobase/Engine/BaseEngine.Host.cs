using Nashi.Encoding;

namespace Nashi.Autobase.Engine;

/// <content>What the application may do to the base while it applies values.</content>
internal sealed partial class BaseEngine
{
    /// <summary>What one call of the application may do to the base.</summary>
    private sealed class ApplyHost(BaseEngine engine) : IApplyHost
    {
        public CoreKey Key => engine.Key;

        public async ValueTask AddWriterAsync(CoreKey key, bool isIndexer = true)
        {
            ThrowIfOver();
            await engine._system.AddAsync(key, isIndexer, engine._closing.Token).ConfigureAwait(false);
            var feed = await engine.OpenWriterAsync(key).ConfigureAwait(false);
            feed.Graph.IsRemoved = false;
            engine.Wake();
        }

        public async ValueTask RemoveWriterAsync(CoreKey key)
        {
            ThrowIfOver();
            if (!IsRemovable(key)) throw new InvalidOperationException("The last indexer can not be removed.");
            await engine._system.RemoveAsync(key, engine._closing.Token).ConfigureAwait(false);
            if (engine._feeds.TryGetValue(key, out var feed)) feed.Graph.IsRemoved = true;
        }

        public async ValueTask AckWriterAsync(CoreKey key)
        {
            ThrowIfOver();
            await engine._system.AckAsync(key, engine._closing.Token).ConfigureAwait(false);
        }

        public bool IsRemovable(CoreKey key) => engine._system.Indexers is not [var last] || last.Key != key;

        public void Interrupt(string reason) => throw new ApplyInterruptedException(reason);

        private void ThrowIfOver()
        {
            if (!engine._isApplying) throw new InvalidOperationException("The base can be changed only while values are applied.");
        }
    }
}
