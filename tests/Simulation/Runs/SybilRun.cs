using System.Globalization;
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
            var topic = _world.RandomId();
            var sybils = new Sybils(_world);
            plan.Place(sybils, topic, bits);
            sybils.Introduce();
            _world.Net.Run(TimeSpan.FromSeconds(20));
            Attack(topic, result, announcerWidens, searcherWidens);
            sybils.Vanish();
            result.Tried += sybils.Tried;
        }

        return result;
    }

    private void Attack(Bytes32 topic, SybilResult result, bool announcerWidens, bool searcherWidens)
    {
        using var pair = _world.RandomPair();
        var announcer = _world.Any();
        QueryOutcome? outcome = null;
        var before = announcer.Core.Rpc.Counters.Sent;
        announcer.Announce(topic, pair, done => outcome = done, announcerWidens);
        _world.Net.RunUntil(() => outcome is not null, TimeSpan.FromMinutes(2));
        result.Announces++;
        result.AnnounceRequests += announcer.Core.Rpc.Counters.Sent - before;
        if (outcome!.Around.Count > 0) result.Widened++;
        for (var i = 0; i < searches; i++)
        {
            var search = new Search(_world.Net, topic, pair.PublicKey).From(_world.Any(), widens: searcherWidens);
            _world.Net.RunUntil(() => search.IsDone, TimeSpan.FromMinutes(2));
            result.Searches++;
            result.SearchRequests += search.Requests;
            result.Milliseconds += search.Time.TotalMilliseconds;
            if (search.IsFound) result.Found++;
        }
    }
}

/// <summary>How an attacker places its identities round a topic, given how many bits the nearest honest node shares with it.</summary>
internal sealed record SybilPlan(string Name, Action<Sybils, Bytes32, int> Place);

/// <summary>What came of an attack.</summary>
internal sealed class SybilResult(string name)
{
    public int Announces { get; set; }

    public int Widened { get; set; }

    public int Searches { get; set; }

    public int Found { get; set; }

    public long AnnounceRequests { get; set; }

    public long SearchRequests { get; set; }

    public double Milliseconds { get; set; }

    public long Tried { get; set; }

    public double Share => (double)Found / Math.Max(1, Searches);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-26} found {Share * 100,6:0.0} % of {Searches}; widened {Widened} of {Announces}; requests {(double)AnnounceRequests / Announces:0} an announcement, {(double)SearchRequests / Searches:0} a look-up ({Milliseconds / Searches:0} ms); {Tried / Announces} addresses tried");
}
