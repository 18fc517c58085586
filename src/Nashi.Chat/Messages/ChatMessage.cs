using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>A message as it stands now.</summary>
public sealed record ChatMessage
{
    /// <summary>Which.</summary>
    public required MessageId Id { get; init; }

    /// <summary>Where it is in the room's log: pages are asked for by it. May change while the order is not final.</summary>
    public required ulong Position { get; init; }

    /// <summary>Who wrote it.</summary>
    public required PublicKey Author { get; init; }

    /// <summary>The author's name as the room knows it.</summary>
    public required string AuthorName { get; init; }

    /// <summary>When, by its author's clock; never later than now.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether its author's clock was more than five minutes off.</summary>
    public bool IsTimeDoubtful { get; init; }

    /// <summary>The text; empty while it is not here, and when deleted.</summary>
    public string Text { get; init; } = "";

    /// <summary>What it answers.</summary>
    public MessageId? ReplyTo { get; init; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<Attachment> Attachments { get; init; } = [];

    /// <summary>Reactions, by what they are.</summary>
    public IReadOnlyList<Reaction> Reactions { get; init; } = [];

    /// <summary>Whether it was edited.</summary>
    public bool IsEdited { get; init; }

    /// <summary>Whether it was deleted: then there is no text any more.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Whether its content is not on this device yet.</summary>
    public bool IsMissing { get; init; }

    /// <summary>Whether it was written after a member's removal and before the key changed: that member may be able to read it.</summary>
    public bool IsBeforeRekey { get; init; }

    /// <summary>Whether we wrote it.</summary>
    public bool IsOwn { get; init; }
}
