namespace Nashi.Hypercore.Merkle;

/// <summary>Where stored tree nodes come from.</summary>
internal interface INodeSource
{
    bool TryGet(ulong index, out TreeNode node);
}
