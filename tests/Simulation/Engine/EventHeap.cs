namespace Nashi.Simulation.Engine;

/// <summary>Events in the order of their time, then of their making: a heap of plain values, four children to a node.</summary>
internal sealed class EventHeap
{
    private Entry[] _entries = new Entry[1024];
    private uint _order;

    public int Count { get; private set; }

    public long NextAt => Count == 0 ? long.MaxValue : _entries[0].At;

    public void Push(long at, int what)
    {
        if (Count == _entries.Length) Array.Resize(ref _entries, 2 * Count);
        var entry = new Entry(at, _order++, what);
        var i = Count++;
        while (i > 0)
        {
            var parent = (i - 1) >> 2;
            if (!entry.IsBefore(_entries[parent])) break;
            _entries[i] = _entries[parent];
            i = parent;
        }

        _entries[i] = entry;
    }

    public int Pop()
    {
        var what = _entries[0].What;
        var last = _entries[--Count];
        var i = 0;
        while (true)
        {
            var child = (i << 2) + 1;
            if (child >= Count) break;
            var end = Math.Min(child + 4, Count);
            for (var other = child + 1; other < end; other++)
            {
                if (_entries[other].IsBefore(_entries[child])) child = other;
            }

            if (!_entries[child].IsBefore(last)) break;
            _entries[i] = _entries[child];
            i = child;
        }

        _entries[i] = last;
        return what;
    }

    private readonly record struct Entry(long At, uint Order, int What)
    {
        // Orders wrap round after four thousand million events; two events of one moment are never that far apart.
        public bool IsBefore(in Entry other) => At < other.At || (At == other.At && (int)(Order - other.Order) < 0);
    }
}
