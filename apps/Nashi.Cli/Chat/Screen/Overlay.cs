namespace Nashi.Cli.Chat.Screen;

/// <summary>A page shown over the messages until a key closes it.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Lines">Its lines, safe to show.</param>
internal sealed record Overlay(string Title, IReadOnlyList<string> Lines)
{
    /// <summary>The first line that is seen.</summary>
    public int Top { get; init; }
}
