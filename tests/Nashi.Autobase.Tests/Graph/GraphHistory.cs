using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Encoding;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>A random history of several writers: who appended what, after having heard what. All of it follows from the seed.</summary>
/// <remarks>Writers hear of each other in random pairs, in part, and not at all across a partition that comes and goes. Indexers acknowledge when they would.</remarks>
internal sealed class GraphHistory
{
    private readonly Dice _dice;
    private readonly GraphReplica[] _replicas;

    public GraphHistory(ulong seed)
    {
        Seed = seed;
        _dice = new(seed);
        var writers = _dice.Between(1, 7);
        Keys = [.. Enumerable.Range(0, writers).Select(_ => _dice.Key())];
        Indexers = [.. Shuffled(writers).Take(_dice.Between(1, Math.Min(writers, 5)))];
        Start = [.. Keys.Select(_ => _dice.OneIn(2) ? 0UL : (ulong)_dice.Between(0, 4))];
        Heads = [.. Enumerable.Range(0, writers).Where(writer => Start[writer] > 0 && _dice.OneIn(2)).Select(writer => (writer, Start[writer]))];
        HasOptimistic = _dice.OneIn(3);
        _replicas = [.. Keys.Select(_ => new GraphReplica(this))];
        Play(_dice.Between(5, 60 * writers), _dice.Between(2, 6));
    }

    public ulong Seed { get; }

    public CoreKey[] Keys { get; }

    public int[] Indexers { get; }

    public ulong[] Start { get; }

    public (int Writer, ulong Length)[] Heads { get; }

    public bool HasOptimistic { get; }

    /// <summary>Every node, each after those that it follows.</summary>
    public List<GraphStep> Steps { get; } = [];

    public int IndexOf(CoreKey key) => Array.IndexOf(Keys, key);

    /// <summary>The nodes in another order in which they may be heard of, batches whole.</summary>
    public List<GraphStep> Arrivals(ulong seed)
    {
        var dice = new Dice(seed);
        var queues = Keys.Select((_, writer) => new Queue<GraphStep>(Steps.Where(step => step.Writer == writer))).ToArray();
        var lengths = Start.ToArray();
        var arrived = new List<GraphStep>(Steps.Count);
        while (arrived.Count < Steps.Count)
        {
            var ready = Enumerable.Range(0, queues.Length).Where(writer => queues[writer].TryPeek(out var step) && IsReady(step, lengths)).ToArray();
            var queue = queues[ready[dice.Below(ready.Length)]];
            GraphStep next;
            do
            {
                next = queue.Dequeue();
                lengths[next.Writer] = next.Length;
                arrived.Add(next);
            }
            while (next.Batch != 1);
        }

        return arrived;
    }

    public JsonObject ToJson(IReadOnlyList<GraphStep> arrivals, Func<int, bool> isUpdate) => new()
    {
        ["id"] = Seed.ToString(CultureInfo.InvariantCulture),
        ["keys"] = new JsonArray([.. Keys.Select(key => JsonValue.Create(Convert.ToHexStringLower(key.ToArray())))]),
        ["indexers"] = new JsonArray([.. Indexers.Select(indexer => JsonValue.Create(indexer))]),
        ["start"] = new JsonArray([.. Start.Select(length => JsonValue.Create(length))]),
        ["heads"] = new JsonArray([.. Heads.Select(head => new JsonArray(head.Writer, head.Length))]),
        ["steps"] = new JsonArray([.. arrivals.Select((step, place) => step.ToJson(isUpdate(place)))]),
    };

    private static bool IsReady(GraphStep step, ulong[] lengths) =>
        step.Links.All(link => link.Writer == step.Writer || lengths[link.Writer] >= link.Length);

    private void Play(int turns, int quietness)
    {
        var side = new int[_replicas.Length];
        var isCalm = _dice.OneIn(2);
        for (var turn = 0; turn < turns; turn++)
        {
            if (!isCalm && _dice.OneIn(15)) side = [.. side.Select(_ => _dice.Below(_dice.Between(1, 2)))];
            var writer = _dice.Below(_replicas.Length);
            var other = _dice.Below(_replicas.Length);
            if (side[writer] == side[other]) _replicas[writer].Hear(_replicas[other], !isCalm && _dice.OneIn(3) ? _dice.Below(6) : int.MaxValue);
            if (_dice.OneIn(quietness)) Append(writer);
            else if (_replicas[writer].ShouldAck(writer)) Add(writer, 1, hasValue: false, isOptimistic: false);
        }
    }

    private void Append(int writer)
    {
        var isIndexer = Indexers.Contains(writer);
        var isOptimistic = HasOptimistic && !isIndexer && _dice.OneIn(2);
        var batch = !isOptimistic && _dice.OneIn(8) ? _dice.Between(2, 4) : 1;
        for (var left = batch; left > 0; left--) Add(writer, (ulong)left, !isIndexer || !_dice.OneIn(3), isOptimistic);
    }

    private void Add(int writer, ulong batch, bool hasValue, bool isOptimistic)
    {
        var replica = _replicas[writer];
        var step = new GraphStep(writer, replica.LengthOf(writer) + 1, batch, hasValue, isOptimistic, replica.Links());
        Steps.Add(step);
        replica.Take(step);
    }

    private IEnumerable<int> Shuffled(int count)
    {
        var rest = Enumerable.Range(0, count).ToList();
        while (rest.Count > 0)
        {
            var at = _dice.Below(rest.Count);
            yield return rest[at];
            rest.RemoveAt(at);
        }
    }
}
