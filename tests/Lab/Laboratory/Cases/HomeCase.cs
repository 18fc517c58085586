using Nashi.Laboratory.Reports;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>N3: two peers behind one router, or in two homes of one carrier whose LANs have the same addresses.</summary>
internal static class HomeCase
{
    private static readonly Row[] Rows =
    [
        new("one LAN", "linux", false, Way.Lan, 250),
        new("one LAN", "port", false, Way.Lan, 250),
        new("one LAN", "fw", false, Way.Lan, 250),
        new("one LAN", "sym", false, Way.Lan, 250),
        new("one LAN, a relay offered", "linux", true, Way.Lan, 250),
        new("isolated hosts, hairpin", "port+hairpin+isolate", false, Way.Hairpin, 500),
        new("isolated hosts", "linux+isolate", true, Way.Relay, 500),
        new("two homes", "linux/port", true, Way.Relay, 500),
        new("two isolated homes", "linux/port+isolate", true, Way.Relay, 500),
        new("two homes of a symmetric carrier", "linux/sym+isolate", true, Way.Relay, 500),
        new("two homes, hairpin", "linux/port+hairpin+isolate", false, Way.Hairpin, 500),
    ];

    public static async Task RunAsync(Lab lab)
    {
        await using var stage = await lab.OpenStageAsync(relay: true);
        var rows = Rows.Where(row => lab.Options.WantsRow($"{row.Name} {row.Kind}")).ToList();
        var plans =
            from run in Enumerable.Range(1, lab.Options.Runs)
            from row in rows
            from pairing in lab.Options.Pairings
            let kind = SiteKind.Parse(row.Kind)
            select new TrialPlan("home", pairing, kind, kind, run)
            {
                IsOneSite = true, IsRelayed = row.IsRelayed, Settle = row.IsRelayed ? TimeSpan.FromMilliseconds(lab.Options.SettleMs) : default, Timeout = TimeSpan.FromSeconds(30),
            };
        var byPlan = plans.ToList();
        var trials = await lab.PlayAsync(stage, byPlan);
        var table = new Table(["behind one router", "kind", .. lab.Options.Pairings.Select(pairing => pairing.ToString())]);
        foreach (var row in rows)
        {
            Trial[] Of(Peers.Pairing pairing) => [.. trials.Where(trial => trial.Pairing == pairing && trial.ServerKind == row.Kind && trial.IsRelayed == row.IsRelayed)];
            table.Add([row.Name, row.Kind, .. lab.Options.Pairings.Select(pairing => MatrixTable.Cell(Of(pairing)))]);
            foreach (var pairing in lab.Options.Pairings.Where(pairing => !pairing.IsReference))
            {
                var (own, times) = (Of(pairing), Numbers.Of(Of(pairing)));
                // A way through the LAN or around the carrier's router is as good as the one expected.
                var met = own.All(trial => trial.Ok) && times.At(1) <= row.LimitMs && (row.Way != Way.Lan || own.All(trial => trial.Way == Way.Lan));
                lab.Judge($"N3 {pairing}", $"{row.Name} ({row.Kind}): {row.Way.ToString().ToLowerInvariant()} ≤ {row.LimitMs / 1000.0} s", MatrixTable.Cell(own), pairing.IsOurs ? met : null);
            }
        }

        lab.Say($"\n{table}");
    }

    private sealed record Row(string Name, string Kind, bool IsRelayed, Way Way, double LimitMs);
}
