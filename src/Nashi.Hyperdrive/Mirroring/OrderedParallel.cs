using System.Runtime.CompilerServices;

namespace Nashi.Hyperdrive.Mirroring;

/// <summary>Works on many items at once and answers in their order.</summary>
internal static class OrderedParallel
{
    public static async IAsyncEnumerable<TResult> SelectAsync<T, TResult>(
        IAsyncEnumerable<T> items,
        int width,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new Queue<Task<TResult>>();
        try
        {
            await foreach (var item in items.WithCancellation(stop.Token).ConfigureAwait(false))
            {
                running.Enqueue(Task.Run(() => work(item, stop.Token), stop.Token));
                if (running.Count >= width) yield return await running.Dequeue().ConfigureAwait(false);
            }

            while (running.Count > 0) yield return await running.Dequeue().ConfigureAwait(false);
        }
        finally
        {
            await StopAsync(stop, running).ConfigureAwait(false);
        }
    }

    // Nothing may go on writing after the caller was told that it ended.
    private static async Task StopAsync<TResult>(CancellationTokenSource stop, Queue<Task<TResult>> running)
    {
        if (running.Count == 0) return;
        await stop.CancelAsync().ConfigureAwait(false);
        await ((Task)Task.WhenAll(running)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
