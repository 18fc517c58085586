namespace Nashi.HyperDB;

internal static class AsyncSequence
{
    public static async ValueTask<T?> FirstOrDefaultAsync<T>(this IAsyncEnumerable<T> items, CancellationToken cancellationToken)
        where T : class
    {
        await foreach (var item in items.WithCancellation(cancellationToken).ConfigureAwait(false)) return item;
        return null;
    }
}
