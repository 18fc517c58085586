namespace Nashi.Cli.Chat.Screen;

/// <summary>What the user wants done, which the screen itself cannot do.</summary>
internal abstract record Intent
{
    /// <summary>Leave.</summary>
    public sealed record Quit : Intent;

    /// <summary>Open a room that was chosen.</summary>
    public sealed record Look(string Room) : Intent;

    /// <summary>Fetch messages older than those here.</summary>
    public sealed record LoadOlder(string Room) : Intent;

    /// <summary>Note that everything was seen.</summary>
    public sealed record MarkRead(string Room) : Intent;

    /// <summary>Send text; an answer to a message when one is named.</summary>
    public sealed record Send(string Room, string Text, string? ReplyTo = null) : Intent;

    /// <summary>Change a message of ours.</summary>
    public sealed record Edit(string Room, string Id, string Text) : Intent;

    /// <summary>Delete a message of ours.</summary>
    public sealed record Delete(string Room, string Id) : Intent;

    /// <summary>React to a message.</summary>
    public sealed record React(string Room, string Id, string Emoji) : Intent;

    /// <summary>Do what a line after a slash says, in a room when one is chosen.</summary>
    public sealed record Command(string? Room, string Name, string Argument) : Intent;
}
