using Nashi.Chat;

namespace Nashi.Cli.Chat;

/// <summary>Waits until a room has what the others have: somebody is met, and then nothing new comes for a moment.</summary>
internal static class CatchUp
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(Room room, TimeSpan patience, CancellationToken cancellation)
    {
        if (patience <= TimeSpan.Zero) return;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(patience);
        await using var events = new RoomEvents(room, cancellation);
        while (await IsBusyAsync(room, events, over.Token))
        {
            // Something came: there may be more.
        }

        cancellation.ThrowIfCancellationRequested();
    }

    // False when it is quiet among peers, or patience is over.
    private static async Task<bool> IsBusyAsync(Room room, RoomEvents events, CancellationToken over)
    {
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(over);
        if (room.PeerCount > 0) quiet.CancelAfter(Quiet);
        try
        {
            return await events.NextAsync(quiet.Token) is not null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
