namespace Nashi.Cli.Chat.Screen;

/// <summary>What a key press is.</summary>
internal enum KeyKind
{
    /// <summary>Characters to be inserted.</summary>
    Text,

    /// <summary>Text from the clipboard, which may have several lines.</summary>
    Paste,

    /// <summary>A letter with Ctrl, in lower case.</summary>
    Ctrl,

    /// <summary>A character with Alt.</summary>
    Alt,

    Enter,
    AltEnter,
    Tab,
    BackTab,
    Escape,
    Backspace,
    AltBackspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    AltUp,
    AltDown,
    WordLeft,
    WordRight,
    Home,
    End,
    PageUp,
    PageDown,
    Help,
}
