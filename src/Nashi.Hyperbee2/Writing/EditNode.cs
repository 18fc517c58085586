using Nashi.Hyperbee2.Tree;

namespace Nashi.Hyperbee2.Writing;

/// <summary>A node while a batch changes it.</summary>
internal sealed class EditNode
{
    public EditNode(int degree) => (Degree, Keys, Children, IsChanged) = (degree, new(), new(), true);

    public EditNode(TreeNode stored) => (Degree, Keys, Children) = (stored.Degree, new(stored.KeyList), new(stored.ChildList));

    public int Degree { get; }

    public EditList<KeyEntry> Keys { get; }

    public EditList<ChildLink> Children { get; }

    /// <summary>Whether it has to be written.</summary>
    public bool IsChanged { get; set; }

    public bool IsLeaf => Children.Count == 0;

    public bool IsOverfull => Keys.Count > (2 * Degree) - 1;

    public int MinKeys => Degree - 1;

    /// <summary>The first key that is not less than <paramref name="key"/>, and whether it is equal.</summary>
    public (int Index, bool Found) Search(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Keys.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = key.SequenceCompareTo(Keys[middle].Key.Span);
            if (order == 0) return (middle, true);
            if (order < 0) high = middle;
            else low = middle + 1;
        }

        return (low, false);
    }

    public void RemoveKey(int index)
    {
        Keys.Remove(index);
        if (!IsLeaf) Children.Remove(index + 1);
    }

    /// <summary>Moves the upper half to another node, and answers the key between the two.</summary>
    public KeyEntry SplitInto(EditNode right)
    {
        var count = Keys.Count >> 1;
        foreach (var key in Take(Keys, count)) right.Keys.Add(key);
        var median = Keys.RemoveLast();
        if (IsLeaf) return median;
        foreach (var child in Take(Children, count + 1)) right.Children.Add(child);
        return median;
    }

    /// <summary>Takes over all of the node to the right, and the key between the two.</summary>
    public void Merge(EditNode right, KeyEntry between)
    {
        Keys.Add(between);
        for (var i = 0; i < right.Keys.Count; i++) Keys.Add(right.Keys[i]);
        for (var i = 0; i < right.Children.Count; i++) Children.Add(right.Children[i]);
    }

    // The last ones, in their order.
    private static T[] Take<T>(EditList<T> list, int count)
        where T : class
    {
        var taken = new T[count];
        for (var i = count - 1; i >= 0; i--) taken[i] = list.RemoveLast();
        return taken;
    }
}
