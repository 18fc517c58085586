namespace Nashi.Laboratory.Cases;

/// <summary>How soon pings are answered again after the end of a disturbance, and whether over the same connection.</summary>
internal sealed record Bound(double BackSeconds, bool IsSame);
