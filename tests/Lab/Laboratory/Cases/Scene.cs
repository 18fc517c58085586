using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>A server, a client that holds on to it, and a disturbance.</summary>
internal sealed class Scene(Stage stage, Disturbance disturbance, Pairing pairing, int run)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _seed = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
    private PeerProcess? _server;

    public Site Server { get; private set; } = null!;

    public Site Client { get; private set; } = null!;

    public PeerProcess ClientPeer { get; private set; } = null!;

    public async Task<Survival> PlayAsync(CancellationToken cancellationToken)
    {
        var result = new Survival(disturbance.Name, pairing.ToString(), run);
        using var server = Server = stage.Internet.AddSite(new SitePlan(SiteKind.Parse(disturbance.Server), LinkModel.Delayed(10), (ulong)run * 2));
        using var client = Client = stage.Internet.AddSite(new SitePlan(SiteKind.Parse(disturbance.Client), LinkModel.Delayed(10), (ulong)run * 2 + 1));
        List<PeerProcess> ended = [];
        try
        {
            _server = StartServer();
            if (await _server.NextAsync(Patience, cancellationToken, "listening") is not { Name: "listening" } listening) return result with { Failed = "the server did not listen" };
            ClientPeer = stage.Start(client.Hosts[0], pairing.Client, "hold", relayed: false, "--key", listening.Text("publicKey")!, "--for", $"{disturbance.Seconds * 1000}");
            ended.Add(ClientPeer);
            if (await ClientPeer.NextAsync(Patience, cancellationToken, "open") is not { Name: "open" } opened) return result with { Failed = "the client did not connect" };
            await LabClock.WaitUntilAsync(opened.At + TimeSpan.FromSeconds(disturbance.Begins), cancellationToken);
            disturbance.Begin?.Invoke(this);
            await LabClock.WaitUntilAsync(opened.At + TimeSpan.FromSeconds(disturbance.Ends), cancellationToken);
            disturbance.End?.Invoke(this);
            var clear = LabClock.Now;
            await ClientPeer.NextAsync(TimeSpan.FromSeconds(disturbance.Seconds) + Patience, cancellationToken, "done", "crash");
            return Judge(result, ClientPeer.All, clear);
        }
        finally
        {
            foreach (var peer in ended) await peer.DisposeAsync();
            if (_server is not null) await _server.DisposeAsync();
        }
    }

    /// <summary>Killed without a word, and back with the same identity.</summary>
    public void RestartServer()
    {
        var old = _server!;
        old.Kill();
        _server = StartServer();
        // Only a corpse is left to bury.
        _ = old.DisposeAsync().AsTask();
    }

    private PeerProcess StartServer() => stage.Start(Server.Hosts[0], pairing.Server, "server", relayed: false, "--seed", _seed);

    private static Survival Judge(Survival result, IReadOnlyList<PeerEvent> events, TimeSpan clear)
    {
        var ticks = events.Where(one => one.Name == "tick").ToList();
        if (ticks.Count == 0) return result with { Failed = "no ping was ever answered" };
        // A ping that left before may be answered just after a rebinding, hence the moment of grace.
        var after = ticks.Find(tick => tick.At > clear + TimeSpan.FromMilliseconds(100));
        var gap = ticks.Zip(ticks.Skip(1), (one, next) => next.At - one.At).DefaultIfEmpty().Max();
        return result with
        {
            Connections = (int)events.Max(one => one.Number("conn") ?? 0),
            IsSame = after is not null && ticks.TrueForAll(tick => tick.Number("conn") == 1),
            LongestGapSeconds = gap.TotalSeconds,
            BackSeconds = after is null ? double.PositiveInfinity : Back(ticks, clear),
            Errors = [.. events.Where(one => one.Name == "socket-error").Select(one => one.Reason).Distinct()],
        };
    }

    // An answer that was on its way, or waited in a buffer, is no recovery yet when a silence follows: the end of the last silence around the moment counts.
    private static double Back(List<PeerEvent> ticks, TimeSpan clear)
    {
        var (silence, around) = (TimeSpan.FromSeconds(1), clear + TimeSpan.FromSeconds(2));
        var back = ticks.Find(tick => tick.At > clear)!.At;
        foreach (var (one, next) in ticks.Zip(ticks.Skip(1)))
        {
            if (one.At < around && next.At > back && next.At - one.At > silence) back = next.At;
        }

        return (back - clear).TotalSeconds;
    }
}
