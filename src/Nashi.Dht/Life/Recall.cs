namespace Nashi.Dht.Life;

/// <summary>Calls the peer of a connection afresh.</summary>
/// <returns>The fresh connection, to be closed.</returns>
/// <param name="beforeConnecting">Awaited when the peer has answered and before a path to it is opened; throws to give up.</param>
/// <param name="cancellationToken">Gives up.</param>
internal delegate Task<IAsyncDisposable> Recall(Func<CancellationToken, Task> beforeConnecting, CancellationToken cancellationToken);
