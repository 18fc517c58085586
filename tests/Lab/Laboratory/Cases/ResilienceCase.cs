using System.Globalization;
using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Reports;

namespace Nashi.Laboratory.Cases;

/// <summary>N5: what a live connection takes. The client pings five times a second and connects again when it must.</summary>
internal static class ResilienceCase
{
    private static readonly LinkModel Good = LinkModel.Delayed(10);
    private static readonly LinkModel Down = Good with { IsDown = true };

    private static readonly Disturbance[] All =
    [
        new("nothing", "linux", "linux", 5, 0, null, null, new Bound(1, true), 20),
        new("client's router rebinds", "linux", "port", 5, 5, scene => scene.Client.Rebind(), null, new Bound(5, true), 40),
        new("server's router rebinds", "port", "linux", 5, 5, scene => scene.Server.Rebind(), null, new Bound(15, false), 75),
        new("client's router rebinds, open server", "open", "port", 5, 5, scene => scene.Client.Rebind(), null, new Bound(5, true), 40),
        BlackOut("black-out 3 s", 3, new Bound(1, true)),
        BlackOut("black-out 10 s", 10, new Bound(2.5, true)),
        BlackOut("black-out 15 s", 15, new Bound(3, true)),
        BlackOut("black-out 30 s", 30, new Bound(5, false)),
        new("nothing to the client for 10 s", "linux", "linux", 5, 15, scene => scene.Client.Uplink.In.Model = Down, scene => scene.Client.Uplink.In.Model = Good, new Bound(2, true), 45),
        new("path MTU drops to 1280", "linux", "linux", 5, 5, scene => scene.Client.Uplink.Set(Good with { Mtu = 1280 }), null, new Bound(2, true), 30),
        new("loss 30 % for 20 s", "linux", "linux", 5, 25, scene => scene.Client.Uplink.Set(Good with { Loss = 0.3 }), scene => scene.Client.Uplink.Set(Good), new Bound(3.5, true), 45),
        new("delay 10 to 400 ms", "linux", "linux", 5, 5, scene => scene.Client.Uplink.Set(LinkModel.Delayed(400)), null, new Bound(2, true), 30),
        new("client suspended 20 s", "linux", "linux", 5, 25, scene => scene.ClientPeer.Suspend(), scene => scene.ClientPeer.Resume(), new Bound(3, false), 50),
        new("server killed and started again", "linux", "linux", 5, 5, scene => scene.RestartServer(), null, new Bound(14, false), 45),
    ];

    public static async Task RunAsync(Lab lab)
    {
        await using var stage = await lab.OpenStageAsync();
        var pairings = lab.Options.PairingsWithReference;
        var work =
            from run in Enumerable.Range(1, lab.Options.Runs)
            from disturbance in All
            where lab.Options.WantsRow(disturbance.Name)
            from pairing in pairings
            select (Disturbance: disturbance, Pairing: pairing, Run: run);
        List<Survival> found = [];
        // These wait more than they work.
        var limits = new ParallelOptions { MaxDegreeOfParallelism = 2 * lab.Options.Parallel, CancellationToken = lab.Cancelled };
        try
        {
            await Parallel.ForEachAsync(work, limits, async (item, cancellationToken) =>
            {
                var one = await new Scene(stage, item.Disturbance, item.Pairing, item.Run).PlayAsync(cancellationToken);
                lock (found) found.Add(one);
                lock (lab.Rows) lab.Rows.Add(one);
                lab.Say($"  {item.Disturbance.Name,-38} {item.Pairing,-10} {one}");
            });
        }
        catch (OperationCanceledException) when (lab.Cancelled.IsCancellationRequested)
        {
            lab.Say($"  stopped after {found.Count}");
        }

        Report(lab, pairings, found);
    }

    private static Disturbance BlackOut(string name, double seconds, Bound bound) =>
        new(name, "linux", "linux", 5, 5 + seconds, scene => scene.Client.Uplink.Set(Down), scene => scene.Client.Uplink.Set(Good), bound, 25 + (int)seconds * 2);

    private static void Report(Lab lab, IReadOnlyList<Pairing> pairings, List<Survival> found)
    {
        var table = new Table(["disturbance: same connection, longest gap, back after its end", .. pairings.Select(pairing => pairing.ToString())]);
        foreach (var disturbance in All.Where(disturbance => found.Exists(one => one.Disturbance == disturbance.Name)))
        {
            Survival[] Of(Pairing pairing) => [.. found.Where(one => one.Disturbance == disturbance.Name && one.Pair == pairing.ToString())];
            table.Add([disturbance.Name, .. pairings.Select(pairing => string.Join("; ", Of(pairing).Select(one => one.ToString())))]);
            var own = Of(new Pairing(Side.Ours, Side.Ours));
            if (own.Length == 0) continue;
            var bound = disturbance.Bound;
            lab.Judge(
                "N5 ours-ours", $"{disturbance.Name}: back in {bound.BackSeconds.ToString(CultureInfo.InvariantCulture)} s{(bound.IsSame ? ", the same connection" : "")}",
                string.Join("; ", own.Select(one => one.ToString())), own.All(one => one.BackSeconds <= bound.BackSeconds && (one.IsSame || !bound.IsSame)));
        }

        lab.Say($"\n{table}");
    }
}
