using Nashi.Cli.Chat.Screen;

namespace Nashi.Cli.Chat;

/// <summary>Asks the user at the terminal, whatever standard input is.</summary>
internal static class Prompt
{
    /// <summary>Asks for a secret, which is not shown; null when there is no terminal.</summary>
    /// <exception cref="CliException">The user stopped it.</exception>
    public static string? Secret(string question)
    {
        using var tty = Tty.TryOpen();
        if (tty is null) return null;
        tty.Write(question);
        var (editor, decoder) = (new LineEditor(), new KeyDecoder());
        Span<byte> bytes = stackalloc byte[256];
        while (true)
        {
            var read = tty.Read(bytes);
            foreach (var key in decoder.Feed(bytes[..read]))
            {
                if (Take(key, editor, read) is not { } answer) continue;
                tty.Write("\r\n");
                return answer;
            }

            bytes.Clear();
            if (read == 0) throw Stopped(tty);
        }

        string? Take(Key key, LineEditor typed, int read)
        {
            if (key is { Kind: KeyKind.Ctrl, Text: "c" or "d" } || read == 0) throw Stopped(tty);
            if (key.Kind is KeyKind.Enter) return typed.Text;
            // Keys that look back at lines of before have none.
            if (key.Kind is not (KeyKind.Up or KeyKind.Down or KeyKind.AltEnter)) _ = typed.Handle(key);
            return null;
        }
    }

    private static CliException Stopped(Tty tty)
    {
        tty.Write("\r\n");
        return new CliException("ERR_CANCELLED", "Stopped.");
    }
}
