namespace Nashi.Cli.Chat.Screen;

/// <summary>A message as the screen shows it. All text in it is safe to show.</summary>
internal sealed record MessageLine
{
    /// <summary>Which.</summary>
    public required string Id { get; init; }

    /// <summary>Its place among the others; equal ones keep the order they came in.</summary>
    public required ulong Position { get; init; }

    /// <summary>Who wrote it; empty for what the room itself tells.</summary>
    public string Author { get; init; } = "";

    /// <summary>The author's colour, 1 to 15.</summary>
    public byte Color { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The text.</summary>
    public string Text { get; init; } = "";

    /// <summary>What it answers, in one line.</summary>
    public string? Quote { get; init; }

    /// <summary>Its files, each in one line.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Its reactions in one line.</summary>
    public string Reactions { get; init; } = "";

    /// <summary>What else is to be said: edited, before the key changed, a doubtful clock.</summary>
    public string Remark { get; init; } = "";

    /// <summary>Whether we wrote it.</summary>
    public bool IsOwn { get; init; }

    /// <summary>The sign of how far it is delivered.</summary>
    public string Mark { get; init; } = "";

    /// <summary>How far it is delivered, in words.</summary>
    public string Delivery { get; init; } = "";

    /// <summary>Whether the room tells it, not a member.</summary>
    public bool IsNote => Author.Length == 0;
}
