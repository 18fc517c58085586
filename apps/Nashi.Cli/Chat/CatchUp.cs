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
        using var watching = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var events = room.WatchAsync(watching.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = events.MoveNextAsync().AsTask();
        try
        {
            while (await NextAsync(next, room, over.Token)) next = events.MoveNextAsync().AsTask();
        }
        finally
        {
            await watching.CancelAsync();
            await next.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        cancellation.ThrowIfCancellationRequested();
    }

    // False when it is quiet, or patience is over.
    private static async Task<bool> NextAsync(Task<bool> next, Room room, CancellationToken over)
    {
        try
        {
            return room.PeerCount > 0 ? await next.WaitAsync(Quiet, over) : await next.WaitAsync(over);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            return false;
        }
    }
}
