namespace Nashi.Chat;

/// <summary>The terms of an invitation.</summary>
public sealed record InviteOptions
{
    /// <summary>One person, as a member, for a week.</summary>
    public static InviteOptions Default { get; } = new();

    /// <summary>What those become who use it. Default member; never an owner.</summary>
    public RoomRole Role { get; init; } = RoomRole.Member;

    /// <summary>How long it is good. Default a week; null for ever.</summary>
    public TimeSpan? Lifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How many may use it. Default 1; null for any number.</summary>
    public int? MaxUses { get; init; } = 1;
}
