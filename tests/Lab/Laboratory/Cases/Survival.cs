namespace Nashi.Laboratory.Cases;

/// <summary>What became of a connection that was disturbed.</summary>
internal sealed record Survival(string Disturbance, string Pair, int Run)
{
    /// <summary>Why there is nothing to tell; null when there is.</summary>
    public string? Failed { get; init; }

    public bool IsSame { get; init; }

    public int Connections { get; init; }

    public double LongestGapSeconds { get; init; }

    /// <summary>From the end of the disturbance to the next answer; infinite when none came.</summary>
    [System.Text.Json.Serialization.JsonNumberHandling(System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public double BackSeconds { get; init; } = double.PositiveInfinity;

    public IReadOnlyList<string> Errors { get; init; } = [];

    public override string ToString() => Failed is not null
        ? Failed
        : $"{(IsSame ? "same" : $"{Connections} conns")}, gap {LongestGapSeconds:0.0} s, {(double.IsInfinity(BackSeconds) ? "never back" : $"back {BackSeconds:0.0} s")}";
}
