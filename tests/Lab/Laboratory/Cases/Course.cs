using Nashi.Laboratory.Links;

namespace Nashi.Laboratory.Cases;

/// <summary>A link to send through; how many times the reference is wanted (0: to come through at all), and the link's rate where it has one.</summary>
internal sealed record Course(string Name, LinkModel Model, double Times, double? RateMbit = null)
{
    /// <summary>The way back where it differs.</summary>
    public LinkModel? Back { get; init; }

    public (double AtSecond, double ForSeconds)? BlackOut { get; init; }
}
