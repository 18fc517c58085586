using System.Diagnostics.CodeAnalysis;

namespace Nashi.Hyperbee2.Tree;

/// <summary>Keeps what was used lately: two generations, the older is dropped when the younger is full.</summary>
internal sealed class RecentCache<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class
{
    private readonly int _half = Math.Max(8, capacity / 2);
    private readonly Lock _gate = new();
    private Dictionary<TKey, TValue> _young = [];
    private Dictionary<TKey, TValue> _old = [];
    private int _generation;

    /// <summary>Goes up when everything was dropped.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public bool TryFind(TKey key, [NotNullWhen(true)] out TValue? value)
    {
        lock (_gate)
        {
            if (_young.TryGetValue(key, out value)) return true;
            if (!_old.TryGetValue(key, out value)) return false;
            Add(key, value);
            return true;
        }
    }

    /// <summary>Keeps a value, unless everything was dropped since its making began.</summary>
    public void Keep(TKey key, TValue value, int generation)
    {
        lock (_gate)
        {
            if (generation == _generation) Add(key, value);
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            _generation++;
            _young.Clear();
            _old.Clear();
        }
    }

    private void Add(TKey key, TValue value)
    {
        if (_young.Count >= _half)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }

        _young[key] = value;
    }
}
