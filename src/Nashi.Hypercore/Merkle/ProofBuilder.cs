using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Merkle;

/// <summary>Answers a request from a tree: the nodes with which the asker can check the answer, and no more. Pure, used once. Spec: data.md §2.5.</summary>
internal ref struct ProofBuilder
{
    private readonly TreeTip _tree;
    private readonly INodeSource _nodes;
    private readonly ProofRequest _request;
    private readonly bool _hasLeaf;
    private readonly ulong _leaf;
    private readonly UpgradeRequest _upgrade;
    private readonly bool _isUpgrade;
    private List<TreeNode>? _path;
    private List<TreeNode>? _seek;
    private bool _isIncomplete;

    private ProofBuilder(TreeTip tree, INodeSource nodes, ManifestPrologue? prologue, ProofRequest request)
    {
        (_tree, _nodes, _request) = (tree, nodes, request);
        _hasLeaf = request.Block is not null || request.Hash is not null;
        _leaf = request.Block is { } block ? block.Index * 2 : request.Hash?.Index ?? 0;
        _isUpgrade = request.Upgrade is not null;
        _upgrade = request.Upgrade ?? new UpgradeRequest(0, tree.Length);
        if (!_isUpgrade || prologue is not { } beginning || _upgrade.Start >= beginning.Length) return;
        // The beginning is proved as a whole.
        _upgrade = new(0, Math.Max(beginning.Length, _upgrade.Length <= TreeMath.MaxLength ? _upgrade.Start + _upgrade.Length : _upgrade.Length));
    }

    private readonly ulong Target => _upgrade.Start + _upgrade.Length;

    /// <summary>Builds the answer. The block's value is the caller's to add.</summary>
    public static ProofReply Build(TreeTip tree, INodeSource nodes, ManifestPrologue? prologue, ProofRequest request)
    {
        if (tree.Length == 0) return new(new Proof { Fork = tree.Fork }, ProofRefusal.None);
        var builder = new ProofBuilder(tree, nodes, prologue, request);
        return builder.Build();
    }

    private ProofReply Build()
    {
        if (_upgrade.Length == 0 || _upgrade.Length > _tree.Length || _upgrade.Start > _tree.Length - _upgrade.Length) return ProofReply.Refused(ProofRefusal.InvalidRequest);
        if (_hasLeaf && (_leaf >= TreeMath.MaxLength * 2 || (_request.Block?.Index ?? 0) >= TreeMath.MaxLength)) return ProofReply.Refused(ProofRefusal.InvalidRequest);
        if (_request.Seek is not null && _isUpgrade && _hasLeaf && _leaf >= _upgrade.Start * 2) return ProofReply.Refused(ProofRefusal.InvalidRequest);
        List<TreeNode>? nodes = null, additional = null;
        // What the answer goes up to within the upgrade, when the asker does not have the tree there yet.
        ulong? inUpgrade = null;
        if (_hasLeaf && (!_isUpgrade || FlatTree.RightSpan(_leaf) / 2 < _upgrade.Start))
        {
            if (BuildBelow() is not ProofRefusal.None and var refusal) return ProofReply.Refused(refusal);
        }
        else if (_isUpgrade && (_hasLeaf || _request.Seek is not null))
        {
            inUpgrade = _request.Seek is { } seek ? SeekFromRoots(seek) : _leaf;
        }

        if (_isUpgrade)
        {
            nodes = Walk(_upgrade.Start, Target, inUpgrade);
            additional = Walk(Target, _tree.Length, null);
        }

        if (_isIncomplete) return ProofReply.Refused(ProofRefusal.NotAvailable);
        if (_hasLeaf && _path is null) return ProofReply.Refused(ProofRefusal.InvalidRequest);
        return new(Assemble(nodes, additional), ProofRefusal.None);
    }

    private readonly Proof Assemble(List<TreeNode>? nodes, List<TreeNode>? additional) => new()
    {
        Fork = _tree.Fork,
        Block = _request.Block is { } block ? new BlockProof(block.Index, null, _path!.ToArray()) : null,
        Hash = _request.Block is null && _request.Hash is { } hash ? new HashProof(hash.Index, _path!.ToArray()) : null,
        Seek = _request.Seek is { } seek && _seek is not null ? new SeekProof(seek.Bytes, _seek.ToArray()) : null,
        Upgrade = _isUpgrade ? new UpgradeProof(_upgrade.Start, _upgrade.Length, nodes!.ToArray(), additional!.ToArray(), _tree.Signature ?? []) : null,
    };

    private ProofRefusal BuildBelow()
    {
        var levels = _request.Block?.Nodes ?? _request.Hash!.Value.Nodes;
        if (!TreeMath.TryClimb(_leaf, levels, Target, out var root)) return ProofRefusal.InvalidRequest;
        ulong? seekRoot = null;
        if (_request.Seek is { } seek)
        {
            if (!TrySeekWithin(root, seek, out var found)) return _isIncomplete ? ProofRefusal.NotAvailable : ProofRefusal.InvalidRequest;
            seekRoot = found;
        }

        AddPath(seekRoot, root);
        return ProofRefusal.None;
    }

    // The nodes that grow the tree from one length to another. The one that contains the wanted node is left out: its path proves it.
    private List<TreeNode> Walk(ulong length, ulong target, ulong? wanted)
    {
        var nodes = new List<TreeNode>(8);
        while (length < target)
        {
            var index = TreeMath.NextNode(length, target);
            length += FlatTree.CountLeaves(index);
            if (wanted is { } inside && _path is null && _seek is null && FlatTree.Contains(index, inside)) AddEmbedded(inside, index);
            else Add(nodes, index);
        }

        return nodes;
    }

    private void AddEmbedded(ulong inside, ulong root)
    {
        if (_hasLeaf) AddPath(_request.Seek is null ? null : inside, root);
        else AddSeek(inside, root);
    }

    private void AddPath(ulong? seekRoot, ulong root)
    {
        _path = new List<TreeNode>(8);
        if (_request.Block is null) Add(_path, _leaf);
        for (var at = _leaf; at != root && !_isIncomplete; at = FlatTree.Parent(at))
        {
            var sibling = FlatTree.Sibling(at);
            if (seekRoot is { } inside && inside != sibling && FlatTree.Contains(sibling, inside)) AddSeek(inside, sibling);
            else Add(_path, sibling);
        }
    }

    private void AddSeek(ulong at, ulong root)
    {
        _seek = new List<TreeNode>(8);
        Add(_seek, at);
        for (; at != root && !_isIncomplete; at = FlatTree.Parent(at)) Add(_seek, FlatTree.Sibling(at));
    }

    private void Add(List<TreeNode> nodes, ulong index)
    {
        if (TryGet(index, out var node)) nodes.Add(node);
        else _isIncomplete = true;
    }

    private readonly bool TryGet(ulong index, out TreeNode node)
    {
        foreach (ref readonly var root in _tree.Roots.AsSpan())
        {
            if (root.Index != index) continue;
            node = root;
            return true;
        }

        return _nodes.TryGet(index, out node);
    }

    private ulong? SeekFromRoots(in SeekRequest seek)
    {
        var bytes = seek.Bytes;
        for (var length = 0UL; length < Target;)
        {
            var index = TreeMath.NextNode(length, Target);
            length += FlatTree.CountLeaves(index);
            if (!TryGet(index, out var root))
            {
                _isIncomplete = true;
                return null;
            }

            var size = ByteSeek.Unpadded(root, seek.Padding);
            if (bytes == size) return index;
            if (bytes < size) return Descend(index, bytes, seek.Padding);
            bytes -= size;
        }

        return null;
    }

    private bool TrySeekWithin(ulong root, in SeekRequest seek, out ulong found)
    {
        found = root;
        var first = FlatTree.LeftSpan(root);
        if (!TryGetOffset(first / 2, seek.Padding, out var offset) || !TryGet(root, out var node))
        {
            _isIncomplete = true;
            return false;
        }

        if (offset > seek.Bytes) return false;
        if (offset == seek.Bytes) return true;
        if (ByteSeek.Unpadded(node, seek.Padding) <= seek.Bytes - offset) return false;
        found = Descend(root, seek.Bytes - offset, seek.Padding);
        return true;
    }

    // Unpadded bytes before a block.
    private readonly bool TryGetOffset(ulong block, ulong padding, out ulong offset)
    {
        offset = 0;
        for (var length = 0UL; length < block;)
        {
            var index = TreeMath.NextNode(length, block);
            length += FlatTree.CountLeaves(index);
            if (!TryGet(index, out var node)) return false;
            offset += ByteSeek.Unpadded(node, padding);
        }

        return true;
    }

    private readonly ulong Descend(ulong index, ulong bytes, ulong padding)
    {
        if (bytes == 0) return index;
        while ((index & 1) != 0)
        {
            if (!TryGet(FlatTree.LeftChild(index), out var left)) return index;
            var size = ByteSeek.Unpadded(left, padding);
            if (size == bytes) return left.Index;
            if (size > bytes)
            {
                index = left.Index;
                continue;
            }

            bytes -= size;
            index = FlatTree.RightChild(index);
        }

        return index;
    }
}
