using Nashi.Autobase.Graph;
using Nashi.Autobase.Messages;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>One place where a history is heard: a linearizer and the nodes it was fed.</summary>
internal sealed class GraphReplica
{
    private readonly GraphHistory _history;
    private readonly List<GraphStep> _heard = [];
    private readonly ulong[] _lengths;

    public GraphReplica(GraphHistory history)
    {
        _history = history;
        _lengths = [.. history.Start];
        Linearizer = new(
            [.. history.Indexers.Select(indexer => new WriterHead(history.Keys[indexer], history.Start[indexer]))],
            [.. history.Heads.Select(head => new WriterHead(history.Keys[head.Writer], head.Length))]);
        for (var i = 0; i < history.Keys.Length; i++) Linearizer.AddWriter(history.Keys[i], history.Start[i]);
    }

    public Linearizer Linearizer { get; }

    /// <summary>The order for good, as far as it is known.</summary>
    public List<string> Indexed { get; } = [];

    /// <summary>The order after it, as it was last.</summary>
    public List<string> Tip { get; private set; } = [];

    public ulong LengthOf(int writer) => _lengths[writer];

    public List<(int Writer, ulong Length)> Links() => [.. Linearizer.GetHeads().Select(head => (_history.IndexOf(head.Key), head.Length))];

    /// <summary>Hears some of what another has heard, in the other's order.</summary>
    public void Hear(GraphReplica other, int count)
    {
        if (other == this) return;
        foreach (var step in other._heard.ToArray())
        {
            if (step.Length <= _lengths[step.Writer]) continue;
            if (count-- <= 0 && IsBatchStart(step)) break;
            Take(step);
        }

        Update();
    }

    public void Take(GraphStep step)
    {
        Assert.True(step.Length == _lengths[step.Writer] + 1, $"seed {_history.Seed}: {step} out of turn");
        var message = new OplogMessage
        {
            Heads = [.. step.Links.Select(link => new WriterHead(_history.Keys[link.Writer], link.Length))],
            Batch = step.Batch,
            Value = step.HasValue ? [1] : null,
            IsOptimistic = step.IsOptimistic,
        };
        var key = _history.Keys[step.Writer];
        Assert.True(Linearizer.MissingFor(key, message) is null, $"seed {_history.Seed}: {step} misses {Linearizer.MissingFor(key, message)}");
        Assert.NotNull(Linearizer.TryAdd(Linearizer.Writer(key)!, message));
        _lengths[step.Writer]++;
        _heard.Add(step);
    }

    public bool ShouldAck(int writer) => Linearizer.Writer(_history.Keys[writer]) is { } own && Linearizer.ShouldAck(own);

    /// <summary>Asks for the order and says what the reference's script would print.</summary>
    public string Update()
    {
        if (Linearizer.Update() is not { } step) return "same";
        var before = Tip;
        var indexed = step.Indexed.Select(Name).ToList();
        Tip = [.. step.Tip.Select(Name)];
        AssertKept(before, [.. indexed, .. Tip], step);
        Indexed.AddRange(indexed);
        var acks = Linearizer.Indexers.Select(writer => (Linearizer.ShouldAck(writer) ? 1 : 0) + (Linearizer.ShouldAck(writer, hasPending: true) ? 2 : 0));
        var heads = Links().Select(link => $"{link.Writer}:{link.Length}");
        return $"{step.Shared}/{step.Undo}/{string.Join(' ', indexed)}/{string.Join(' ', Tip)}/{string.Join(' ', heads)}/{string.Concat(acks)}";
    }

    // What the step says still stands must stand: the engine undoes no more than it is told.
    private void AssertKept(List<string> before, List<string> after, LinearizerStep step)
    {
        Assert.True(before.Count - step.Undo == step.Shared, $"seed {_history.Seed}: {before.Count} − {step.Undo} ≠ {step.Shared}");
        Assert.True(before.Take(step.Shared).SequenceEqual(after.Take(step.Shared)), $"seed {_history.Seed}: the first {step.Shared} changed");
    }

    private bool IsBatchStart(GraphStep step) => _heard.Count == 0 || _heard[^1].Batch == 1 || _heard[^1].Writer != step.Writer;

    private string Name(GraphNode node) => $"{_history.IndexOf(node.Writer.Key)}:{node.Length}";
}
