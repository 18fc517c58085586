namespace Nashi.Cli.Commands;

/// <summary>Waiting for the user.</summary>
internal static class Until
{
    /// <summary>Completes, without failing, when the token is cancelled: Ctrl-C is how a server is meant to end.</summary>
    public static Task CancelledAsync(CancellationToken cancellation)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = cancellation.Register(() => ended.TrySetResult());
        return ended.Task;
    }
}
