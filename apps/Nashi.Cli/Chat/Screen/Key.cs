namespace Nashi.Cli.Chat.Screen;

/// <summary>One key press.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">The characters of text, of a paste, or beside Ctrl and Alt.</param>
internal readonly record struct Key(KeyKind Kind, string Text = "");
