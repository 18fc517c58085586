namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The requests of one peer that wait for an answer: urgent ones first, newest first among them; then in order of arrival.</summary>
/// <remarks>A request with a known id replaces the earlier one. Cancelled entries are skipped when their turn comes.</remarks>
internal sealed class ServeQueue(int capacity)
{
    private readonly Queue<(ulong Id, long Stamp)> _normal = new();
    private readonly Stack<(ulong Id, long Stamp)> _urgent = new();
    private readonly Dictionary<ulong, (RequestMessage Message, long Stamp)> _live = [];
    private long _stamp;

    /// <summary>Requests that wait.</summary>
    public int Count => _live.Count;

    /// <summary>False when there are too many.</summary>
    public bool TryEnqueue(in RequestMessage request)
    {
        // The queue may hold as many dead entries as live ones may be: a peer that only requests and cancels is refused too.
        if (_normal.Count + _urgent.Count >= 2 * capacity) Compact();
        if (_live.Count >= capacity || _normal.Count + _urgent.Count >= 2 * capacity) return false;
        _live[request.Id] = (request, ++_stamp);
        if (request.Priority > 0) _urgent.Push((request.Id, _stamp));
        else _normal.Enqueue((request.Id, _stamp));
        return true;
    }

    public bool Cancel(ulong id) => _live.Remove(id);

    public bool TryDequeue(out RequestMessage request)
    {
        while (_urgent.TryPop(out var entry) || _normal.TryDequeue(out entry))
        {
            if (!_live.TryGetValue(entry.Id, out var found) || found.Stamp != entry.Stamp) continue;
            _ = _live.Remove(entry.Id);
            request = found.Message;
            return true;
        }

        request = default;
        return false;
    }

    public void Clear()
    {
        _live.Clear();
        _normal.Clear();
        _urgent.Clear();
    }

    private void Compact()
    {
        var normal = _normal.Where(IsLive).ToArray();
        var urgent = _urgent.Where(IsLive).Reverse().ToArray();
        _normal.Clear();
        _urgent.Clear();
        foreach (var entry in normal) _normal.Enqueue(entry);
        foreach (var entry in urgent) _urgent.Push(entry);
    }

    private bool IsLive((ulong Id, long Stamp) entry) => _live.TryGetValue(entry.Id, out var found) && found.Stamp == entry.Stamp;
}
