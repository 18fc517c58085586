using Nashi.Encoding;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore;

/// <content>What a hashlink pins.</content>
public sealed partial class Core
{
    /// <summary>The tree hash that the core has, or had on this fork, at a length.</summary>
    /// <returns>Null when the core is shorter, or tree nodes for it are not here: they are once all blocks before the length are.</returns>
    public Bytes32? GetTreeHash(ulong length)
    {
        if (length > Length) return null;
        if (length == Length && _snapshot is null) return TreeHash;
        var indexes = FlatTree.FullRoots(length);
        var roots = new TreeNode[indexes.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            if (!_data.Nodes.TryGet(indexes[i], out roots[i])) return null;
        }

        return MerkleHash.Roots(roots);
    }
}
