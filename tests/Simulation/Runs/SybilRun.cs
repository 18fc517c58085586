using System.Globalization;
using Nashi.Cryptography;
using Nashi.Dht.Queries;
using Nashi.Encoding;
using Nashi.Simulation.Nodes;

namespace Nashi.Simulation.Runs;

/// <summary>Attacks on one topic after another: is what an honest node announces found by others?</summary>
internal sealed class SybilRun(WorldOptions options, int trials, int searches)
{
    private readonly World _world = new(options);

    /// <summary>The attacks, by name: how an attacker of a network with so many nodes places its identities.</summary>
    public static IReadOnlyList<SybilPlan> Plans { get; } =
    [
        new("none", static (_, _, _) => { }),
        new("20 nearest, any address", static (sybils, topic, bits) => sybils.AddAnywhere(20, topic, bits + 4)),
        new("20 nearest of one /24", static (sybils, topic, bits) => sybils.AddFromNetworks(20, topic, bits + 4, 1)),
        new("20 nearest of 4 /24", static (sybils, topic, bits) => sybils.AddFromNetworks(20, topic, bits + 4, 4)),
        new("20 nearest of 16 /24", static (sybils, topic, bits) => sybils.AddFromNetworks(20, topic, bits + 4, 16)),
        new("20 anywhere (2 %)", static (sybils, topic, bits) => sybils.AddAnywhere(20, topic, 0)),
        new("3 nearest, any address", static (sybils, topic, bits) => sybils.AddAnywhere(3, topic, bits + 2)),
        new("200 nearest, any address", static (sybils, topic, bits) => sybils.AddAnywhere(200, topic, bits + 4)),
        new("20 nearest, 180 around", static (sybils, topic, bits) =>
        {
            sybils.AddAnywhere(20, topic, bits + 4);
            sybils.AddAnywhere(180, topic, bits - 5);
        }),
        new("200 around, near by near", static (sybils, topic, bits) =>
        {
            for (var shared = bits - 5; shared < bits + 5; shared++) sybils.AddAnywhere(20, topic, shared);
        }),
    ];

    /// <summary>Has the network grow, and live a while, so that nodes know how large it is.</summary>
    public void Grow(TimeSpan settle)
    {
        _world.Grow();
        _world.Net.Run(settle);
    }

    /// <summary>Plays an attack.</summary>
    public SybilResult Play(SybilPlan plan, bool announcerWidens = true, bool searcherWidens = true)
    {
        var result = new SybilResult(plan.Name);
        var bits = (int)Math.Round(Math.Log2(options.Nodes * (1 - options.Nat)));
        for (var trial = 0; trial < trials; trial++)
        {
            using var server = _world.RandomPair();
            var topic = NodeHost.KeyOf(server);
            var sybils = new Sybils(_world);
            plan.Place(sybils, topic, bits);
            sybils.Introduce();
            _world.Net.Run(TimeSpan.FromSeconds(20));
            Attack(topic, server, result, announcerWidens, searcherWidens);
            sybils.Vanish();
            result.Tried += sybils.Tried;
        }

        return result;
    }

    // The same place in the key space is a topic's and a server's: one attack, both kinds of announcement.
    private void Attack(Bytes32 topic, KeyPair server, SybilResult result, bool announcerWidens, bool searcherWidens)
    {
        using var pair = _world.RandomPair();
        Announce(result.Topics, (from, done) => from.Announce(topic, pair, done, announcerWidens));
        Announce(result.Servers, (from, done) => from.AnnounceServer(server, done, announcerWidens));
        for (var i = 0; i < searches; i++)
        {
            Find(result.Topics, new Search(_world.Net, topic, pair.PublicKey).From(_world.Any(), widens: searcherWidens));
            Find(result.Servers, new Search(_world.Net, topic, server.PublicKey).From(_world.Any(), widens: searcherWidens, isServer: true));
        }
    }

    private void Announce(SybilCount count, Action<NodeHost, Action<QueryOutcome>> announce)
    {
        QueryOutcome? outcome = null;
        var announcer = _world.Any();
        var before = announcer.Core.Rpc.Counters.Sent;
        announce(announcer, done => outcome = done);
        _world.Net.RunUntil(() => outcome is not null, TimeSpan.FromMinutes(2));
        count.Announces++;
        count.AnnounceRequests += announcer.Core.Rpc.Counters.Sent - before;
        if (outcome!.Around.Count > 0) count.Widened++;
    }

    private void Find(SybilCount count, Search search)
    {
        _world.Net.RunUntil(() => search.IsDone, TimeSpan.FromMinutes(2));
        count.Searches++;
        count.SearchRequests += search.Requests;
        count.Milliseconds += search.Time.TotalMilliseconds;
        if (search.IsFound) count.Found++;
    }
}

/// <summary>How an attacker places its identities round a topic, given how many bits the nearest honest node shares with it.</summary>
internal sealed record SybilPlan(string Name, Action<Sybils, Bytes32, int> Place);

/// <summary>What came of an attack, for topics looked up and for servers looked for by key.</summary>
internal sealed class SybilResult(string name)
{
    public string Name { get; } = name;

    public SybilCount Topics { get; } = new();

    public SybilCount Servers { get; } = new();

    public long Tried { get; set; }

    /// <summary>Takes another run of the same attack in.</summary>
    public void Add(SybilResult other)
    {
        Topics.Add(other.Topics);
        Servers.Add(other.Servers);
        Tried += other.Tried;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name,-26} topics: {Topics}; servers: {Servers}; {Tried / Math.Max(1, Topics.Announces)} addresses tried");
}

/// <summary>Announcements and searches, counted.</summary>
internal sealed class SybilCount
{
    public int Announces { get; set; }

    public int Widened { get; set; }

    public int Searches { get; set; }

    public int Found { get; set; }

    public long AnnounceRequests { get; set; }

    public long SearchRequests { get; set; }

    public double Milliseconds { get; set; }

    public double Share => (double)Found / Math.Max(1, Searches);

    public void Add(SybilCount other)
    {
        Announces += other.Announces;
        Widened += other.Widened;
        Searches += other.Searches;
        Found += other.Found;
        AnnounceRequests += other.AnnounceRequests;
        SearchRequests += other.SearchRequests;
        Milliseconds += other.Milliseconds;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"found {Share * 100:0.0} % of {Searches}, {(double)SearchRequests / Searches:0} requests, {Milliseconds / Searches:0} ms; announced {Announces}, widened {Widened}, {(double)AnnounceRequests / Announces:0} requests");
}
