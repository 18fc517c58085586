namespace Nashi.Hyperbee.Tree;

/// <summary>A node to read: one that a block stores, or one that a batch is editing.</summary>
internal readonly struct NodeView
{
    private readonly BeeLevel? _level;
    private readonly TreeNode? _live;

    public NodeView(BeeLevel level) => _level = level;

    public NodeView(TreeNode live) => _live = live;

    public int KeyCount => _live?.Keys.Count ?? _level!.Keys.Length;

    public int ChildCount => _live?.Children.Count ?? _level!.ChildCount;

    public bool IsLeaf => ChildCount == 0;

    public BeeLevel? Stored => _level;

    public ulong KeySeq(int index) => _live?.Keys[index].Seq ?? _level!.Keys[index];

    public NodeAddress ChildAt(int index)
    {
        if (_live is null) return new NodeAddress(_level!.Children[2 * index], _level.Children[(2 * index) + 1], null);
        var link = _live.Children[index];
        return new NodeAddress(link.Seq, link.Offset, link.Node);
    }
}
