using System.Collections.Immutable;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>A member of a room.</summary>
public sealed record Member
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int MaxName = 256;

    /// <summary>Who.</summary>
    public required PublicKey Identity { get; init; }

    /// <summary>The name they chose for this room.</summary>
    public required string Name { get; init; }

    /// <summary>What they are.</summary>
    public required RoomRole Role { get; init; }

    /// <summary>What they may do.</summary>
    public Capabilities Capabilities => Role.Grants();

    /// <summary>When they were let in, by the clock of who let them in.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Whether what they write is refused.</summary>
    public bool IsMuted { get; init; }

    /// <summary>Who let them in, or invited them.</summary>
    public PublicKey InvitedBy { get; init; }

    /// <summary>The cores of their devices.</summary>
    public ImmutableArray<CoreKey> Writers { get; init; } = [];

    /// <summary>In which order they came.</summary>
    internal ulong Rank { get; init; }

    /// <summary>The op that let them in.</summary>
    internal MessageId AddedBy { get; init; }
}
