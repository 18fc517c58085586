namespace Nashi.Dht.Tests.Abuse;

/// <summary>Counts what all sockets of one node send, and cancels a call at the n-th.</summary>
internal sealed class SendCounter
{
    private CancellationTokenSource? _cancels;
    private int _at;
    private int _sent;
    private int _open;

    /// <summary>Datagrams since <see cref="Restart"/>.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Sockets that are open.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Counts anew.</summary>
    /// <param name="at">At which datagram, counted from one, to cancel.</param>
    /// <param name="cancels">What.</param>
    public void Restart(int at, CancellationTokenSource cancels)
    {
        (_at, _cancels) = (at, cancels);
        Volatile.Write(ref _sent, 0);
    }

    public void HandleSend()
    {
        // Not on the sender's thread, which may hold what the call's end needs; but begun before the datagram leaves.
        if (Interlocked.Increment(ref _sent) == _at) _ = _cancels?.CancelAsync();
    }

    public void HandleOpened() => Interlocked.Increment(ref _open);

    public void HandleClosed() => Interlocked.Decrement(ref _open);
}
