namespace Nashi.Cli.Chat.Screen;

/// <summary>What the full-screen client can do.</summary>
internal static class Help
{
    public static IReadOnlyList<string> Lines { get; } =
    [
        "Enter  send            Alt-Enter  new line        Up/Down  what was sent before",
        "Tab, Shift-Tab  next, previous room               Alt-1 to Alt-9  a room",
        "PgUp, PgDn  back, forth                           Esc  to the newest",
        "Ctrl-A/E  begin, end   Ctrl-W  erase word         Ctrl-U/K  erase line",
        "Ctrl-C, Ctrl-Q  leave  F1  this page",
        "",
        "/create <name>             make a room",
        "/join <link>               enter a room",
        "/invite [role] [uses]      a link and its QR code: reader, member or admin; uses: a number or any",
        "/members                   who is here",
        "/remove <member>           remove a member; the room's key changes",
        "/file <path> [text]        send a file",
        "/save <number> [path]      save a file, by the number beside it",
        "/reply <text>  /react <emoji>     to the newest message of another",
        "/edit <text>   /delete            your own newest message",
        "/delivery                  how far your newest messages are",
        "/quit                      leave",
        "",
        "Beside your messages:  . saved here   o on blind peers   + with some members   * with all",
    ];
}
