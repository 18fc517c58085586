namespace Nashi.Hypercore.State;

/// <content>Sessions of a core that a store keeps open for all of them.</content>
internal sealed partial class CoreState
{
    /// <summary>Opens a session; false when the last one has just ended and the core is closing.</summary>
    public bool TryOpenSession(CoreOptions options, out Core session)
    {
        lock (_gate)
        {
            session = _isClosed ? null! : OpenSession(options);
            return !_isClosed;
        }
    }

    /// <summary>Ends all sessions and waits until the core is closed.</summary>
    public async ValueTask CloseAsync()
    {
        while (!_isClosed)
        {
            foreach (var session in Volatile.Read(ref _sessionsNow)) await session.DisposeAsync().ConfigureAwait(false);
        }

        await Closed.ConfigureAwait(false);
    }
}
