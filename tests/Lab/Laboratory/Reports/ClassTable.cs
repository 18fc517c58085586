using Nashi.Laboratory.Cases;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Reports;

/// <summary>Pairings side by side, by what theory says of a pair of sites.</summary>
internal static class ClassTable
{
    public static string Of(IReadOnlyList<Pairing> pairings, IReadOnlyList<Trial> trials)
    {
        var table = new Table("pairs of sites", "server-client", "connected", "direct", "relay", "echo median s", "open median s", "p90 s", "p99 s", "max s", "error median s");
        foreach (var one in PairClass.All)
        {
            foreach (var pairing in pairings)
            {
                var here = trials.Where(trial => trial.Pairing == pairing && PairClass.Of(trial.Server, trial.Client) == one).ToList();
                if (here.Count == 0) continue;
                var times = Numbers.Of(here);
                table.Add(
                    one.Name, pairing.ToString(), $"{here.Count(trial => trial.Ok)}/{here.Count}", $"{here.Count(trial => trial.Way == Way.Direct)}", $"{here.Count(trial => trial.Way == Way.Relay)}",
                    Numbers.Seconds(Numbers.OfEchoes(here).Median), Numbers.Seconds(times.Median), Numbers.Seconds(times.At(0.9)), Numbers.Seconds(times.At(0.99)), Numbers.Seconds(times.At(1)),
                    Numbers.Seconds(Numbers.OfErrors(here).Median));
            }
        }

        return table.ToString();
    }
}
