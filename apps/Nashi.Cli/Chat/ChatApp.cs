using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Cli.Chat.Screen;

namespace Nashi.Cli.Chat;

/// <summary><c>nashi chat</c> alone: the full-screen client.</summary>
internal static class ChatApp
{
    public static async Task RunAsync(CliContext context, CancellationToken cancellation)
    {
        if (context.Reporter.IsJson || ChatSession.Shared is not null) throw CliException.Usage("The full screen is for people. For programs: nashi chat --help tells the commands.");
        // What libraries log would be written over the picture.
        if (!Console.IsErrorRedirected) context = new CliContext(context.Parsed, context.Reporter, NullLoggerFactory.Instance);
        await using var session = await ChatSession.OpenAsync(context, isOnline: true, cancellation);
        await using var door = Doorway.TryOpen(context, session);
        using var tty = Tty.TryOpen() ?? throw new CliException("ERR_NO_TERMINAL", "There is no terminal to draw on. The commands work without: nashi chat --help");
        await new ChatLoop(session, tty).RunAsync(cancellation);
    }
}
