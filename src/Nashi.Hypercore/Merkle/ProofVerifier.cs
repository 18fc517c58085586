using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Merkle;

/// <summary>Rebuilds from a proof what it claims. Pure: what comes out is true only if it meets a node or a signature that is trusted. Spec: data.md §2.5.</summary>
internal static class ProofVerifier
{
    // A path is never longer than a tree is high.
    private const int MaxPath = 64;
    private const int MaxUpgradeNodes = 128;

    /// <summary>Rebuilds the sub-tree around a block, hash and seek; null root when the proof has none of them.</summary>
    /// <param name="proof">The proof.</param>
    /// <param name="nodes">Receives every node on the way, the root last.</param>
    /// <param name="root">The topmost node reached: to be compared.</param>
    public static ProofRefusal RebuildPath(Proof proof, List<TreeNode> nodes, out TreeNode? root)
    {
        root = null;
        if (proof.Seek is { Nodes.IsEmpty: false } seek)
        {
            var first = seek.Nodes.Span[0];
            if (seek.Nodes.Length > MaxPath || !IsPossible(first)) return ProofRefusal.InvalidProof;
            var queue = new NodeQueue(seek.Nodes.Span[1..], null);
            if (!TryClimb(first, ref queue, nodes, out var top)) return ProofRefusal.InvalidProof;
            root = top;
        }

        if (proof.Block is { } block) return RebuildBlock(block, nodes, ref root);
        return proof.Hash is { } hash ? RebuildHash(hash, nodes, ref root) : ProofRefusal.None;
    }

    /// <summary>Grows a tree by an upgrade; the signature is still to be checked.</summary>
    /// <param name="upgrade">The upgrade.</param>
    /// <param name="prologue">What the core begins with.</param>
    /// <param name="path">The root of the path in the same proof; it may be part of the upgrade.</param>
    /// <param name="tree">The tree to grow.</param>
    /// <param name="isPathUsed">Whether the path was part of the upgrade, and so is vouched for by it.</param>
    public static ProofRefusal Grow(in UpgradeProof upgrade, ManifestPrologue? prologue, TreeNode? path, MerkleBatch tree, out bool isPathUsed)
    {
        isPathUsed = false;
        if (!IsPossible(upgrade, prologue)) return ProofRefusal.InvalidProof;
        var queue = new NodeQueue(upgrade.Nodes.Span, path);
        if (!TryGrow(tree, upgrade.Start + upgrade.Length, ref queue) || queue.HasNodes) return ProofRefusal.InvalidProof;
        isPathUsed = path is not null && !queue.HasExtra;
        if (prologue is { } beginning && tree.Length == beginning.Length && tree.Hash() != beginning.Hash) return ProofRefusal.InvalidProof;
        if (upgrade.AdditionalNodes.IsEmpty) return ProofRefusal.None;
        var additional = new NodeQueue(upgrade.AdditionalNodes.Span, null);
        return TryGrow(tree, upgrade.SignedLength, ref additional) && !additional.HasNodes ? ProofRefusal.None : ProofRefusal.InvalidProof;
    }

    private static bool IsPossible(in TreeNode node) => node.Index < TreeMath.MaxLength * 2 && node.Size <= TreeMath.MaxSize;

    private static bool IsPossible(in UpgradeProof upgrade, ManifestPrologue? prologue)
    {
        if (upgrade.Length == 0 || upgrade.Start > TreeMath.MaxLength || upgrade.Length > TreeMath.MaxLength - upgrade.Start) return false;
        if (upgrade.Nodes.Length > MaxUpgradeNodes || upgrade.AdditionalNodes.Length > MaxUpgradeNodes) return false;
        if (!upgrade.AdditionalNodes.IsEmpty && !IsPossible(upgrade.AdditionalNodes.Span[^1])) return false;
        return prologue is not { } beginning || upgrade.Start >= beginning.Length || (upgrade.Start == 0 && upgrade.Length >= beginning.Length);
    }

    private static ProofRefusal RebuildBlock(in BlockProof block, List<TreeNode> nodes, ref TreeNode? root)
    {
        if (block.Value is not { } value || block.Index >= TreeMath.MaxLength || block.Nodes.Length > MaxPath) return ProofRefusal.InvalidProof;
        var queue = new NodeQueue(block.Nodes.Span, root);
        if (!TryClimb(MerkleHash.LeafNode(block.Index, value.Span), ref queue, nodes, out var top)) return ProofRefusal.InvalidProof;
        root = top;
        return ProofRefusal.None;
    }

    private static ProofRefusal RebuildHash(in HashProof hash, List<TreeNode> nodes, ref TreeNode? root)
    {
        if (hash.Index >= TreeMath.MaxLength * 2 || hash.Nodes.Length > MaxPath) return ProofRefusal.InvalidProof;
        var queue = new NodeQueue(hash.Nodes.Span, root);
        if (!queue.TryTake(hash.Index, out var first) || !TryClimb(first, ref queue, nodes, out var top)) return ProofRefusal.InvalidProof;
        root = top;
        return ProofRefusal.None;
    }

    private static bool TryClimb(TreeNode node, ref NodeQueue queue, List<TreeNode> nodes, out TreeNode root)
    {
        root = node;
        nodes.Add(root);
        while (!queue.IsEmpty)
        {
            if (!queue.TryTake(FlatTree.Sibling(root.Index), out var sibling) || sibling.Size > TreeMath.MaxSize - root.Size) return false;
            nodes.Add(sibling);
            root = MerkleHash.ParentNode(root, sibling);
            if (!IsPossible(root)) return false;
            nodes.Add(root);
        }

        return true;
    }

    private static bool TryGrow(MerkleBatch tree, ulong target, ref NodeQueue queue)
    {
        while (tree.Length < target)
        {
            if (!queue.TryTake(TreeMath.NextNode(tree.Length, target), out var node) || node.Size > TreeMath.MaxSize - tree.ByteLength) return false;
            tree.AppendRoot(node);
        }

        return tree.Length == target;
    }
}
