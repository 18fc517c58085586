using Nashi.Chat;

namespace Nashi.Cli.Chat;

/// <summary>What happens in a room from the moment this is made. One reader.</summary>
internal sealed class RoomEvents : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending;
    private readonly IAsyncEnumerator<RoomEvent> _events;
    private Task<bool> _next;

    public RoomEvents(Room room, CancellationToken cancellation)
    {
        _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _events = room.WatchAsync(_ending.Token).GetAsyncEnumerator(CancellationToken.None);
        _next = _events.MoveNextAsync().AsTask();
    }

    /// <summary>The next event; null when the room is closed or this is cancelled. Giving up waiting loses nothing.</summary>
    public async Task<RoomEvent?> NextAsync(CancellationToken givingUp = default)
    {
        try
        {
            if (!await _next.WaitAsync(givingUp)) return null;
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return null;
        }

        var news = _events.Current;
        _next = _events.MoveNextAsync().AsTask();
        return news;
    }

    /// <summary>Ends it. An enumerator that still waits may not be disposed: the waiting ends first.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _next.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        await _events.DisposeAsync();
        _ending.Dispose();
    }
}
