namespace Nashi.Dht.Connecting;

/// <summary>The latest connections of a server, of which only so many may be with clients that have not been heard of since their handshake.</summary>
/// <remarks>
/// A handshake can be repeated by anybody, in another's name too, and each makes a connection that waits for its client's first packet. An honest one comes
/// within a round trip; when there are too many, who waited longest is given up. Thread-safe. Source: threats.md rows 1 and 11.
/// </remarks>
internal sealed class Newcomers(int max)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<DhtConnection> _latest = new();

    /// <summary>How many are watched.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _latest.Count;
        }
    }

    /// <summary>Watches one more, and gives up the first when there are too many.</summary>
    public void Add(DhtConnection connection)
    {
        LinkedListNode<DhtConnection> place;
        DhtConnection? first = null;
        lock (_gate)
        {
            place = _latest.AddLast(connection);
            if (_latest.Count > max)
            {
                first = _latest.First!.Value;
                _latest.RemoveFirst();
            }
        }

        _ = connection.Raw.Closed.ContinueWith(_ => Remove(place), TaskScheduler.Default);
        if (first is not null && first.Raw.GetStats().BytesReceived == 0) first.Abandon();
    }

    private void Remove(LinkedListNode<DhtConnection> place)
    {
        lock (_gate)
        {
            if (place.List is not null) _latest.Remove(place);
        }
    }
}
