using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Reports;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>N1: every kind of server site with every kind of client site, without a relay.</summary>
internal static class MatrixCase
{
    private const int PossiblePairs = 77;

    public static async Task RunAsync(Lab lab)
    {
        await using var stage = await lab.OpenStageAsync();
        var kinds = lab.Options.Kinds ?? SiteKind.Matrix;
        var plans =
            from run in Enumerable.Range(1, lab.Options.Runs)
            from server in kinds
            from client in kinds
            from pairing in lab.Options.Pairings
            where lab.Options.Wants(server, client)
            select new TrialPlan("matrix", pairing, server, client, run);
        var trials = await lab.PlayAsync(stage, [.. plans]);
        foreach (var pairing in lab.Options.Pairings) lab.Say("\n" + MatrixTable.Of(pairing, kinds, trials));
        lab.Say("\n" + ClassTable.Of(lab.Options.Pairings, trials));
        foreach (var pairing in lab.Options.Pairings.Where(pairing => !pairing.IsReference)) Judge(lab, pairing, [.. trials.Where(trial => trial.Pairing == pairing)]);
    }

    private static void Judge(Lab lab, Pairing pairing, IReadOnlyList<Trial> trials)
    {
        var possible = trials.Where(trial => PairClass.Of(trial.Server, trial.Client).IsPossible).ToList();
        var pairs = possible.Select(trial => (trial.Server, trial.Client)).Distinct().Count();
        var direct = possible.Count(trial => trial.Way == Way.Direct);
        lab.Judge($"N1 {pairing}", $"all {PossiblePairs} possible pairs direct", $"{pairs} pairs, {direct} of {possible.Count} attempts direct", direct == possible.Count);
        var consistent = Numbers.Of(trials.Where(trial => PairClass.Of(trial.Server, trial.Client) == PairClass.Consistent));
        if (consistent.Count > 0) lab.Judge($"N1 {pairing}", "consistent: median ≤ 0.20 s, p99 ≤ 1 s", consistent.ToString(), consistent.Median <= 200 && consistent.At(0.99) <= 1000);
        var random = Numbers.Of(trials.Where(trial => PairClass.Of(trial.Server, trial.Client) == PairClass.OneRandom));
        if (random.Count > 0)
        {
            lab.Judge($"N1 {pairing}", "one side random: median ≤ 4 s, p99 ≤ 20 s", random.ToString(), random.Median <= 4000 && random.At(0.99) <= 20_000);
            if (pairing.IsOurs) lab.Judge($"N1 {pairing}", "one side random: p90 ≤ 5 s", random.ToString(), random.At(0.9) <= 5000);
        }

        var both = Numbers.OfErrors(trials.Where(trial => PairClass.Of(trial.Server, trial.Client) == PairClass.BothRandom));
        if (both.Count > 0) lab.Judge($"N1 {pairing}", "both random: a clear error in ≤ 0.5 s", both.ToString(), both.At(1) <= 500);
    }
}
