using Nashi.Laboratory.Checks;
using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Reports;

namespace Nashi.Laboratory.Cases;

/// <summary>N6: one raw UDX stream through a link, as much as it can for some seconds; the receiver's clock and count decide.</summary>
internal static class GoodputCase
{
    private static readonly double[] RoundTrips = [0, 20, 100, 300];
    private static readonly double[] Losses = [0, 0.01, 0.05, 0.1];

    private static readonly Course[] Hostile =
    [
        new("reorder 5 % by 20 ms, rtt 40", new LinkModel { DelayMs = 20, Reorder = (0.05, 20) }, 1),
        new("jitter 20 ms reordering, rtt 60", new LinkModel { DelayMs = 30, JitterMs = 20, JitterReorders = true }, 5),
        new("duplicates 5 %, rtt 20", new LinkModel { DelayMs = 10, Duplicate = 0.05 }, 1),
        new("losses in bursts, rtt 40", new LinkModel { DelayMs = 20, Burst = (0.005, 0.3) }, 1),
        new("corruption 1 %, rtt 20", new LinkModel { DelayMs = 10, Corrupt = 0.01 }, 1),
        new("10 Mbit/s, queue 64 kB, rtt 40", new LinkModel { DelayMs = 20, RateKbit = 10_000, QueueBytes = 65_536 }, 1, 10),
        new("100 Mbit/s, queue 256 kB, rtt 40", new LinkModel { DelayMs = 20, RateKbit = 100_000 }, 1, 100),
        new("100 Mbit/s, queue 4 MB, rtt 40", new LinkModel { DelayMs = 20, RateKbit = 100_000, QueueBytes = 4 << 20 }, 1, 100),
        new("1 Mbit/s, queue 32 kB, rtt 100", new LinkModel { DelayMs = 50, RateKbit = 1000, QueueBytes = 32_768 }, 1, 1),
        new("MTU 1280, rtt 20", new LinkModel { DelayMs = 10, Mtu = 1280 }, 1),
        new("black-out 3 s, 50 Mbit/s, rtt 40", new LinkModel { DelayMs = 20, RateKbit = 50_000 }, 2) { BlackOut = (2, 3) },
        new("black-out 15 s, 50 Mbit/s, rtt 40", new LinkModel { DelayMs = 20, RateKbit = 50_000 }, 0) { BlackOut = (2, 15) },
        new("30 % of what the receiver says lost, rtt 40", new LinkModel { DelayMs = 20 }, 1) { Back = new LinkModel { DelayMs = 20, Loss = 0.3 } },
    ];

    public static async Task RunAsync(Lab lab)
    {
        lab.Say($"  a link alone carries {LinkRate.Measure(LinkModel.Clean):0} Mbit/s at once, {LinkRate.Measure(LinkModel.Delayed(10)):0} with 10 ms of delay");
        var grid = from rtt in RoundTrips from loss in Losses select new Course($"rtt {rtt} ms, loss {loss:P0}", LinkModel.Delayed(rtt / 2, loss), loss >= 0.05 ? 2 : 1);
        var pairings = lab.Options.PairingsWithReference;
        var table = new Table(["Mbit/s, median: server-client", .. pairings.Select(pairing => pairing.ToString()), "ours-ours : js-js"]);
        foreach (var course in grid.Concat(Hostile).Where(course => lab.Options.WantsRow(course.Name)))
        {
            var found = new Dictionary<Pairing, double>();
            // In turns: what else this machine does then meets all alike.
            var rates = pairings.ToDictionary(pairing => pairing, _ => new List<double>());
            for (var run = 1; run <= lab.Options.Runs; run++)
            {
                foreach (var pairing in pairings) rates[pairing].Add(await new Sprint(lab.Programs, course, pairing, run, lab.Options.Seconds).RunAsync(lab.Cancelled));
            }

            foreach (var pairing in pairings) found[pairing] = new Numbers(rates[pairing]).Median;
            Judge(lab, course, found);
            var cells = pairings.Select(pairing => found[pairing] > 0 ? $"{found[pairing]:0.0}" : "dies").ToList();
            table.Add([course.Name, .. cells, Ratio(found) is { } ratio ? $"{ratio:0.00}" : "–"]);
            lab.Say($"  {course.Name,-44} {string.Join("  ", pairings.Zip(cells, (pairing, cell) => $"{pairing} {cell,6}"))}");
            lab.Rows.Add(new { course.Name, Mbits = rates.ToDictionary(one => one.Key.ToString(), one => one.Value) });
        }

        lab.Say($"\n{table}");
    }

    private static double? Ratio(Dictionary<Pairing, double> found) =>
        found.FirstOrDefault(one => one.Key.IsOurs).Value is > 0 and var ours && found.FirstOrDefault(one => one.Key.IsReference).Value is > 0 and var theirs ? ours / theirs : null;

    private static void Judge(Lab lab, Course course, Dictionary<Pairing, double> found)
    {
        if (!found.TryGetValue(new Pairing(Side.Ours, Side.Ours), out var ours)) return;
        if (course.RateMbit is { } rate) lab.Judge("N6 ours-ours", $"{course.Name}: ≥ 90 % of the rate", $"{ours:0.0} Mbit/s", ours >= 0.9 * rate);
        if (course.Times == 0) lab.Judge("N6 ours-ours", $"{course.Name}: survives", $"{ours:0.0} Mbit/s", ours > 0);
        else if (Ratio(found) is { } ratio) lab.Judge("N6 ours-ours", $"{course.Name}: ≥ {course.Times} × js-js", $"{ratio:0.00} × ({ours:0.0} Mbit/s)", ratio >= course.Times);
    }
}
