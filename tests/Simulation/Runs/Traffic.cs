using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Simulation.Nodes;

namespace Nashi.Simulation.Runs;

/// <summary>What people do with a DHT: some announce topics again and again, all look for them.</summary>
internal sealed class Traffic(World world, int topics, double searchesPerSecond)
{
    // As often as a swarm announces anew.
    private static readonly TimeSpan AnnounceEvery = TimeSpan.FromMinutes(10);

    private readonly List<Entry> _topics = [];

    public List<Search> Searches { get; } = [];

    public int Announcements { get; private set; }

    public int Stored { get; private set; }

    public void Start()
    {
        for (var i = 0; i < topics; i++)
        {
            var entry = new Entry(world.RandomId(), world.RandomPair());
            _topics.Add(entry);
            world.Net.Plan(TimeSpan.FromSeconds(60 * world.Dice.NextDouble()), _ => Announce(entry));
        }

        PlanSearch();
    }

    private void Announce(Entry entry)
    {
        // Whoever announced it is gone: somebody else has the topic now, as its only one, and it was never announced.
        if (entry.Owner is not { IsAlive: true }) (entry.Owner, entry.IsAnnounced) = (world.Any(), false);
        entry.Owner.Announce(entry.Topic, entry.Pair, outcome =>
        {
            Announcements++;
            Stored += outcome.Committed;
            entry.IsAnnounced = true;
        });
        world.Net.Plan(AnnounceEvery * (0.9 + (0.2 * world.Dice.NextDouble())), _ => Announce(entry));
    }

    private void PlanSearch() => world.Net.Plan(TimeSpan.FromSeconds(world.Dice.NextWait(searchesPerSecond)), _ =>
    {
        PlanSearch();
        var entry = _topics[world.Dice.Next(_topics.Count)];
        var node = world.Any();
        if (!entry.IsAnnounced || !node.Core.IsBootstrapped) return;
        new Search(world.Net, entry.Topic, entry.Pair.PublicKey).From(node, search =>
        {
            // A node that died meanwhile has found nothing, and nobody misses it.
            if (node.IsAlive) Searches.Add(search);
        });
    });

    private sealed class Entry(Bytes32 topic, KeyPair pair)
    {
        public Bytes32 Topic { get; } = topic;

        public KeyPair Pair { get; } = pair;

        public NodeHost? Owner { get; set; }

        public bool IsAnnounced { get; set; }
    }
}
