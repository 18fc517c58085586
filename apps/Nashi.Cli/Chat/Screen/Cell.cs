namespace Nashi.Cli.Chat.Screen;

/// <summary>One cell of the screen.</summary>
/// <param name="Text">The user-perceived character in it; empty for the right half of one that is two cells wide.</param>
/// <param name="Style">How it looks.</param>
internal readonly record struct Cell(string Text, CellStyle Style)
{
    public static readonly Cell Blank = new(" ", CellStyle.Plain);
}
