using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Autobase.Engine;

/// <summary>One writer's core, read in order.</summary>
internal sealed class WriterFeed(Core core, GraphWriter graph, bool isLocal) : IAsyncDisposable
{
    private readonly List<OplogMessage> _batch = [];
    private CoreDownload? _download;

    public Core Core => core;

    public CoreKey Key => core.Key;

    public GraphWriter Graph => graph;

    public bool IsLocal => isLocal;

    /// <summary>Whether its core is damaged: nothing of it is read any more.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>Whether everything in the core is in the graph.</summary>
    public bool IsIdle => graph.Length == core.Length;

    /// <summary>Asks peers for what comes next, in order.</summary>
    public void Follow()
    {
        if (!isLocal) _download ??= core.Download(graph.Length, linear: true);
    }

    /// <summary>Reads on until a batch is whole.</summary>
    /// <param name="linearizer">The graph that it goes to.</param>
    /// <param name="missing">A node that has to be there before.</param>
    /// <returns>The batch; null when it is not whole or waits.</returns>
    public IReadOnlyList<OplogMessage>? TryRead(Linearizer linearizer, out WriterHead? missing)
    {
        missing = null;
        while (!IsFrozen)
        {
            var position = graph.Length + (ulong)_batch.Count;
            if (position >= core.Length) return null;
            if (!BlockReading.TryRead(core, position, out var message, out var isDamaged))
            {
                IsFrozen = isDamaged;
                return null;
            }

            if (NamesTwice(message, linearizer))
            {
                IsFrozen = true;
                return null;
            }

            missing = linearizer.MissingFor(Key, message);
            if (missing is not null) return null;
            _batch.Add(message);
            if (message.Batch == 1) return _batch;
        }

        return null;
    }

    /// <summary>The batch that was read is in the graph.</summary>
    public void Taken() => _batch.Clear();

    public void Freeze() => IsFrozen = true;

    public ValueTask DisposeAsync()
    {
        _download?.Dispose();
        return core.DisposeAsync();
    }

    // Such a graph is damaged. Nodes that are in the order for good may be named as often as one likes.
    private bool NamesTwice(OplogMessage message, Linearizer linearizer)
    {
        if (message.Heads.Count < 2) return false;
        var seen = new HashSet<WriterHead>();
        foreach (var head in message.Heads)
        {
            if (seen.Add(head) || head.Length == 0) continue;
            if (head.Key == Key ? head.Length > graph.Indexed : linearizer.Writer(head.Key)?.At(head.Length - 1) is not null) return true;
        }

        return false;
    }
}
