using Nashi.Laboratory.Cases;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Reports;

/// <summary>Rows are servers, columns clients; a cell tells the way, the median time to open, and how many of how many when not all.</summary>
internal static class MatrixTable
{
    public static string Of(Pairing pairing, IReadOnlyList<SiteKind> kinds, IReadOnlyList<Trial> trials)
    {
        var table = new Table([$"{pairing}: server \\ client", .. kinds.Select(kind => kind.Name)]);
        foreach (var server in kinds)
        {
            table.Add([server.Name, .. kinds.Select(client => Cell([.. trials.Where(trial => trial.Pairing == pairing && trial.Server == server && trial.Client == client)]))]);
        }

        return table.ToString();
    }

    public static string Cell(IReadOnlyList<Trial> trials)
    {
        if (trials.Count == 0) return "";
        var good = trials.Where(trial => trial.Ok).ToList();
        if (good.Count == 0) return $"no {Numbers.Seconds(Numbers.OfErrors(trials).Median)}";
        var ways = string.Join('+', good.Select(trial => trial.Way.ToString().ToLowerInvariant()).Distinct().Order(StringComparer.Ordinal));
        return $"{ways} {Numbers.Seconds(Numbers.Of(good).Median)}{(good.Count < trials.Count ? $" {good.Count}/{trials.Count}" : "")}";
    }
}
