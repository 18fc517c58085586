using System.CommandLine;
using Nashi.Chat;
using Nashi.Chat.Profiles;

namespace Nashi.Cli.Chat;

/// <summary>Runs commands that need the profile open: here, or in the program that has it open already.</summary>
internal static class ChatRunner
{
    // How long another command may take until this one has its turn.
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(250);

    /// <summary>Gives a command its action.</summary>
    /// <param name="host">Runs it.</param>
    /// <param name="command">The command.</param>
    /// <param name="isOnline">Whether it needs the network.</param>
    /// <param name="action">What it does.</param>
    /// <param name="staysOpen">Whether it goes on until the user ends it; then others' commands run in it meanwhile.</param>
    public static void Handle(CommandHost host, Command command, bool isOnline, Func<CliContext, ChatSession, CancellationToken, Task> action, Func<ParseResult, bool>? staysOpen = null) =>
        host.Handle(command, (context, cancellation) => RunAsync(context, isOnline, action, staysOpen?.Invoke(context.Parsed) == true, cancellation));

    /// <summary>Gives a command that works with one room its action.</summary>
    public static void Handle(CommandHost host, Command command, bool isOnline, Argument<string> room, Func<CliContext, Room, CancellationToken, Task> action, Func<ParseResult, bool>? staysOpen = null) =>
        Handle(
            host,
            command,
            isOnline,
            async (context, session, cancellation) => await action(context, await session.OpenRoomAsync(context.Parsed.GetRequiredValue(room), cancellation), cancellation),
            staysOpen);

    private static async Task RunAsync(CliContext context, bool isOnline, Func<CliContext, ChatSession, CancellationToken, Task> action, bool staysOpen, CancellationToken cancellation)
    {
        var turn = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await using var session = await ChatSession.OpenAsync(context, isOnline, cancellation);
                await using var door = staysOpen ? Doorway.TryOpen(context, session) : null;
                await action(context, session, cancellation);
                return;
            }
            catch (ProfileBusyException)
            {
                if (await Doorway.TryRunThereAsync(context, cancellation)) return;
                if (TimeProvider.System.GetElapsedTime(turn) > Turn) throw;
            }

            await Task.Delay(Again, TimeProvider.System, cancellation);
        }
    }
}
