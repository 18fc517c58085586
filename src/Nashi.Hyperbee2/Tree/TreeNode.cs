namespace Nashi.Hyperbee2.Tree;

/// <summary>A node with all its keys loaded. Immutable; shared by all readers.</summary>
internal sealed class TreeNode(int degree, NodeList<KeyEntry> keys, NodeList<ChildLink> children)
{
    public int Degree => degree;

    public NodeList<KeyEntry> KeyList => keys;

    public NodeList<ChildLink> ChildList => children;

    public KeyEntry[] Keys => keys.Items;

    public ChildLink[] Children => children.Items;

    public bool IsLeaf => Children.Length == 0;

    /// <summary>The first key that is not less than <paramref name="key"/>, and whether it is equal.</summary>
    public (int Index, bool Found) Search(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Keys.Length;
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
}
