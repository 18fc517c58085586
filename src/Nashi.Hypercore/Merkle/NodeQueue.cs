namespace Nashi.Hypercore.Merkle;

/// <summary>The nodes of a proof, taken in the order in which a verifier needs them; one more, proved otherwise, may stand in for any of them.</summary>
internal ref struct NodeQueue(ReadOnlySpan<TreeNode> nodes, TreeNode? extra)
{
    private ReadOnlySpan<TreeNode> _nodes = nodes;
    private TreeNode? _extra = extra;

    public readonly bool IsEmpty => _nodes.IsEmpty && _extra is null;

    /// <summary>Whether the extra node was not needed.</summary>
    public readonly bool HasExtra => _extra is not null;

    public readonly bool HasNodes => !_nodes.IsEmpty;

    public bool TryTake(ulong index, out TreeNode node)
    {
        if (_extra is { } extra && extra.Index == index)
        {
            (node, _extra) = (extra, null);
            return true;
        }

        node = _nodes.IsEmpty ? default : _nodes[0];
        if (_nodes.IsEmpty || node.Index != index || node.Size > TreeMath.MaxSize) return false;
        _nodes = _nodes[1..];
        return true;
    }
}
