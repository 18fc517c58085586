using Nashi.Laboratory.Links;
using Nashi.Laboratory.Reports;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>N4: the client's uplink gets worse from step to step (delay one way, loss each way); both behind plain routers, no relay.</summary>
internal static class LadderCase
{
    private static readonly (double DelayMs, double Loss)[] Steps = [(10, 0.005), (100, 0.03), (200, 0.05), (300, 0.08), (500, 0.12), (800, 0.2)];

    public static async Task RunAsync(Lab lab)
    {
        await using var stage = await lab.OpenStageAsync();
        var kind = SiteKind.Parse("linux");
        var pairings = lab.Options.PairingsWithReference;
        var table = new Table(["the client's uplink", .. pairings.Select(pairing => pairing.ToString())]);
        for (var step = 0; step < Steps.Length; step++)
        {
            var (delay, loss) = Steps[step];
            var name = $"{step}: {delay} ms {loss:P1}";
            if (!lab.Options.WantsRow(name)) continue;
            var plans =
                from run in Enumerable.Range(1, lab.Options.Runs)
                from pairing in pairings
                select new TrialPlan($"ladder{step}", pairing, kind, kind, run) { ClientLink = LinkModel.Delayed(delay, loss), Bytes = 64 * 1024 };
            var trials = await lab.PlayAsync(stage, [.. plans]);
            table.Add([name, .. pairings.Select(pairing => Cell([.. trials.Where(trial => trial.Pairing == pairing)]))]);
            var own = trials.Where(trial => trial.Pairing.IsOurs).ToList();
            if (own.Count == 0) continue;
            var wanted = step == Steps.Length - 1 ? 0.9 : 1;
            lab.Judge("N4 ours-ours", $"{name}: {(wanted < 1 ? "18 of 20" : "all")} connect", Cell(own), Reached(own) >= wanted * own.Count);
        }

        lab.Say($"\n{table}");
    }

    // Open is not enough: something came back.
    private static int Reached(List<Trial> trials) => trials.Count(trial => trial.EchoMs is not null);

    private static string Cell(List<Trial> trials) =>
        $"{Reached(trials)}/{trials.Count} {Numbers.Seconds(Numbers.Of(trials).Median)} s, echo {Numbers.Seconds(Numbers.OfEchoes(trials).Median)} s";
}
