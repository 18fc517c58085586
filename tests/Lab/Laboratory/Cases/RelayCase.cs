using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Reports;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>N2: the matrix with a relay offered to both. Data flows at once, the path gets better later, and no connection dies of that.</summary>
internal static class RelayCase
{
    public static async Task RunAsync(Lab lab)
    {
        await using var stage = await lab.OpenStageAsync(relay: true);
        var kinds = lab.Options.Kinds ?? [.. SiteKind.Matrix.Where(kind => kind.HasUdp)];
        var plans =
            from run in Enumerable.Range(1, lab.Options.Runs)
            from server in kinds
            from client in kinds
            from pairing in lab.Options.Pairings
            where lab.Options.Wants(server, client)
            select new TrialPlan("relay", pairing, server, client, run) { IsRelayed = true, Settle = TimeSpan.FromMilliseconds(lab.Options.SettleMs), Bytes = 512 * 1024 };
        var trials = await lab.PlayAsync(stage, [.. plans]);
        foreach (var pairing in lab.Options.Pairings) lab.Say("\n" + MatrixTable.Of(pairing, kinds, trials));
        lab.Say("\n" + ClassTable.Of(lab.Options.Pairings, trials));
        foreach (var pairing in lab.Options.Pairings) Judge(lab, pairing, [.. trials.Where(trial => trial.Pairing == pairing)]);
    }

    private static void Judge(Lab lab, Pairing pairing, IReadOnlyList<Trial> trials)
    {
        var mayBeMissed = pairing.IsReference;
        bool? Met(bool met) => mayBeMissed ? null : met;
        var (ok, opened, died) = (trials.Count(trial => trial.Ok), trials.Count(trial => trial.Opened), trials.Count(trial => trial.Died));
        var moved = trials.Count(trial => trial.Moved);
        var times = Numbers.Of(trials);
        lab.Judge($"N2 {pairing}", "every pair ends direct or by relay", $"{ok} of {trials.Count}, {opened} opened", Met(ok == trials.Count));
        lab.Judge($"N2 {pairing}", "first open: p99 ≤ 0.5 s", times.ToString(), Met(times.At(0.99) <= 500));
        // Where one end is the reference's, it may end the connection itself.
        lab.Judge($"N2 {pairing}", "no connection dies in a move", $"{died} died, {moved} moved from the relay to the direct path", pairing.IsOurs ? died == 0 : null);
    }
}
