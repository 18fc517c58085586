using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>An invitation, as members know it.</summary>
public sealed record RoomInvite
{
    /// <summary>Its public key.</summary>
    public required PublicKey Key { get; init; }

    /// <summary>What those become who use it.</summary>
    public required RoomRole Role { get; init; }

    /// <summary>Until when it is good; null for ever.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>How many may use it; null for any number.</summary>
    public int? MaxUses { get; init; }

    /// <summary>How many did.</summary>
    public int Uses { get; init; }

    /// <summary>Who made it.</summary>
    public required PublicKey By { get; init; }

    /// <summary>The op that made it.</summary>
    internal MessageId MadeBy { get; init; }
}
