using Nashi.Laboratory.Cases;

namespace Nashi.Laboratory.Reports;

/// <summary>Times in milliseconds and how they spread.</summary>
internal sealed class Numbers
{
    private readonly double[] _sorted;

    public Numbers(IEnumerable<double> values)
    {
        _sorted = [.. values];
        Array.Sort(_sorted);
    }

    public int Count => _sorted.Length;

    public double Median => At(0.5);

    /// <summary>Until the first kibibyte came back.</summary>
    public static Numbers OfEchoes(IEnumerable<Trial> trials) => new(trials.Where(trial => trial.EchoMs is not null).Select(trial => trial.EchoMs!.Value));

    /// <summary>Until the connection was open.</summary>
    public static Numbers Of(IEnumerable<Trial> trials) => new(trials.Where(trial => trial.OpenMs is not null).Select(trial => trial.OpenMs!.Value));

    /// <summary>Until the error was told.</summary>
    public static Numbers OfErrors(IEnumerable<Trial> trials) => new(trials.Where(trial => trial.ErrorMs is not null).Select(trial => trial.ErrorMs!.Value));

    /// <summary>The nearest rank: at least this share is not greater.</summary>
    public double At(double share) => _sorted.Length == 0 ? double.NaN : _sorted[Math.Clamp((int)Math.Ceiling(share * _sorted.Length) - 1, 0, _sorted.Length - 1)];

    public static string Seconds(double milliseconds) => double.IsNaN(milliseconds) ? "–" : (milliseconds / 1000).ToString("0.00");

    public override string ToString() =>
        Count == 0 ? "–" : $"n={Count} median {Seconds(Median)} p90 {Seconds(At(0.9))} p99 {Seconds(At(0.99))} max {Seconds(At(1))} s";
}
