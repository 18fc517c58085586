namespace Nashi.Lan.Protocol;

/// <summary>A question that is asked until it is answered or its tries are used up.</summary>
internal sealed class PendingQuestion
{
    /// <summary>When it is asked next.</summary>
    public required Instant At { get; set; }

    /// <summary>How often it may still be asked.</summary>
    public required int TriesLeft { get; set; }

    /// <summary>The wait after the next time; doubles.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(1);
}
