using Nashi.Hyperbee2.Blocks;
using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2.Writing;

/// <summary>The keys or the children of a node while a batch changes them. Remembers each step, for the block to tell.</summary>
internal sealed class EditList<T>
    where T : class
{
    // A block has one byte for an index.
    private const int MaxIndex = 255;

    private readonly List<T> _items;
    private List<Step<T>> _steps;

    public EditList() => (_items, _steps) = ([], []);

    public EditList(NodeList<T> stored) => (_items, _steps) = ([.. stored.Items], [.. stored.Steps]);

    public int Count => _items.Count;

    public int StepCount => _steps.Count;

    public T this[int index] => _items[index];

    public void Insert(int index, T item)
    {
        _items.Insert(index, item);
        _steps.Add(new Step<T>(DeltaKind.Insert, index, item));
    }

    public void Add(T item) => Insert(_items.Count, item);

    public void Set(int index, T item)
    {
        _items[index] = item;
        _steps.Add(new Step<T>(DeltaKind.Set, index, item));
    }

    public T Remove(int index)
    {
        var item = _items[index];
        _items.RemoveAt(index);
        _steps.Add(new Step<T>(DeltaKind.Delete, index, null));
        return item;
    }

    public T RemoveFirst() => Remove(0);

    public T RemoveLast() => Remove(_items.Count - 1);

    /// <summary>The steps to write: those made so far, or the whole list at once where that is shorter.</summary>
    public NodeList<T> Settle(int maxSteps)
    {
        var whole = _items.Count < _steps.Count || _steps.Count > maxSteps || _steps.Exists(step => step.Index > MaxIndex);
        if (whole) _steps = [new Step<T>(new Cohort<T>(null, [.. _items.Select((item, i) => new Step<T>(DeltaKind.Insert, i, item))]))];
        return new NodeList<T>([.. _items], [.. _steps]);
    }
}
