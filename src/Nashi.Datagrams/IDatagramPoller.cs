namespace Nashi.Datagrams;

/// <summary>Waits for datagrams on many sockets at once, so that a thousand silent ones need no thread each.</summary>
/// <remarks>One thread adds, removes and waits; any thread may wake it. A socket is to be removed before it is closed.</remarks>
public interface IDatagramPoller : IDisposable
{
    /// <summary>Begins to watch a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="number">What <see cref="Wait"/> names it by.</param>
    /// <returns>False when it is of a kind that this poller cannot watch.</returns>
    bool TryAdd(IDatagramSocket socket, int number);

    /// <summary>Watches a socket no more.</summary>
    void Remove(IDatagramSocket socket);

    /// <summary>Blocks until a datagram is there for any, or <see cref="Wake"/> was called.</summary>
    /// <param name="ready">Gets the numbers of sockets that have datagrams; those that do not fit come the next time.</param>
    /// <returns>How many there are.</returns>
    int Wait(Span<int> ready);

    /// <summary>Ends a <see cref="Wait"/> under way, or the next one.</summary>
    void Wake();
}
