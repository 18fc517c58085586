using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <content>Changes inside an atom, commits of a branch, and starting over.</content>
internal sealed partial class BranchState
{
    private TreeTip? _origin;
    private CoreAtom? _atom;
    private ulong _originShared;
    private KeyPair? _signer;
    private ulong _intactLength = ulong.MaxValue;

    /// <summary>Whether blocks or the tree were changed inside the atom.</summary>
    public bool IsChanged => _origin is not null && _tree is not null && !ReferenceEquals(_origin, _tree);

    /// <summary>Whether nobody changed what is outside the atom since the first change inside.</summary>
    public bool IsCurrent => _origin is null || (ReferenceEquals(Parent!.Tree, _origin) && Parent.Storage.InheritedLength == _originShared);

    /// <summary>What the core's round must do for the changes of the atom: called on its lane.</summary>
    public void FillRound(WriteRound round)
    {
        var before = _origin!;
        var tree = _tree!;
        round.Tree.Reset(tree);
        (round.IsUpgraded, round.IsOwn, round.Signature, round.Signer) = (true, true, tree.Signature, _signer);
        if (_intactLength < before.Length)
        {
            round.TruncatedTo = _intactLength;
            round.AddChange(_intactLength, before.Length, held: false);
        }

        if (_intactLength < tree.Length) round.AddChange(_intactLength, tree.Length, held: true);
    }

    /// <summary>The atom was written: the branch outside takes over. Under both gates.</summary>
    public void HandleWritten(List<(ISessionState State, CoreChange Change)> news)
    {
        Storage.HandleAtomWritten();
        if (_origin is not null && Parent is BranchState branch)
        {
            var (before, tree) = (_origin.Length, _tree!);
            branch._tree = tree;
            branch._nodes.Reset();
            var intact = Math.Min(_intactLength, before);
            if (intact < before) news.Add((branch, new CoreChange(CoreChangeKind.Truncated, intact, before - intact, tree.Length, tree.Fork)));
            if (intact < tree.Length) news.Add((branch, new CoreChange(CoreChangeKind.Appended, intact, tree.Length - intact, tree.Length, tree.Fork)));
        }

        Forget();
    }

    /// <summary>The atom was cleared. Under the gate.</summary>
    public void HandleCleared()
    {
        Storage.HandleAtomCleared();
        Forget();
    }

    /// <summary>Makes the branch one of the signed core at a length, without blocks of its own.</summary>
    public ValueTask CatchUpAsync(ulong length, Durability durability)
    {
        ValueTask storing;
        ulong shared, before;
        TreeTip tree;
        lock (Gate)
        {
            Touch();
            before = Tree.Length;
            if (Storage.Dependencies.Count == 0) throw new InvalidOperationException("Only branches catch up: what is signed is the core itself.");
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, _core.Tree.Length);
            shared = Math.Min(Storage.InheritedLength, Math.Min(length, before));
            var isCut = shared < before;
            tree = TipAt(_core, _core.Nodes, isCut ? Tree.Fork + 1 : Tree.Fork, length);
            var batch = Storage.CreateBatch();
            batch.DeleteBlocks(0);
            batch.DeleteTreeNodes(0);
            batch.DeleteBitfieldPages(0);
            batch.SetInheritedLength(length);
            SetHead(batch, tree);
            storing = Storage.CommitAsync(batch, durability);
            _nodes.Reset();
            (_tree, _intactLength) = (tree, Math.Min(_intactLength, shared));
        }

        if (shared < before) _core.Raise(this, new CoreChange(CoreChangeKind.Truncated, shared, before - shared, length, tree.Fork));
        if (shared < length) _core.Raise(this, new CoreChange(CoreChangeKind.Appended, shared, length - shared, length, tree.Fork));
        return storing;
    }

    /// <summary>Blocks below a length are the core's now: the branch need not keep its own.</summary>
    public void HandleCommitted(ulong length, in Bytes32 hash)
    {
        lock (Gate)
        {
            var inherited = Storage.InheritedLength;
            if (Storage.Dependencies is not [.., { } last] || last.DataPointer != _core.Storage.DataPointer) return;
            if (length <= inherited || Tree.Length < length || TipAt(_core, _nodes, 0, length).Hash != hash) return;
            Touch();
            var batch = Storage.CreateBatch();
            batch.DeleteBlocks(inherited, length);
            batch.SetInheritedLength(length);
            var commit = Storage.CommitAsync(batch, Durability.Buffered);
            System.Diagnostics.Debug.Assert(commit.IsCompletedSuccessfully, "Buffered commits are done when this returns, or throw.");
        }
    }

    /// <summary>Copies what this branch shares beyond a cut of the core to where it keeps its own. Under the gate.</summary>
    public void TakeShared(CoreWriteBatch together, CoreStorage source, INodeSource nodes, ulong cut)
    {
        var end = Storage.InheritedLength;
        if (end <= cut || Storage.Dependencies[^1].DataPointer != source.DataPointer) return;
        var batch = Storage.CreateBatch(together);
        using (var blocks = source.ReadBlocks(cut, end))
        {
            while (blocks.MoveNext()) batch.PutBlock(blocks.Index, blocks.Block);
        }

        // Nodes that end beyond the cut, but not beyond what is shared: leaves, and parents with the rightmost leaf below them.
        for (var leaf = cut * 2; leaf < end * 2; leaf += 2)
        {
            for (var index = leaf; FlatTree.RightSpan(index) == leaf; index = FlatTree.Parent(index))
            {
                if (nodes.TryGet(index, out var node)) batch.PutTreeNode(index, node.Size, node.Hash);
            }
        }

        batch.SetInheritedLength(cut);
    }

    /// <summary>The core was cut, or could not be. Under the gate.</summary>
    public void HandleMoved(bool isStored)
    {
        Storage.RefreshInheritance();
        if (isStored) _nodes.Reset();
    }

    // The same inside an atom: the branches join it, so that it is refused when one of them is changed outside meanwhile.
    private void MoveBlocksToBranches(ulong cut)
    {
        foreach (var branch in _core.OpenBranches())
        {
            var member = _atom!.Join(_core, branch);
            lock (member.Gate)
            {
                if (member.Storage.InheritedLength <= cut) continue;
                member.Touch();
                var batch = member.Storage.CreateBatch();
                member.TakeShared(batch, Storage, Nodes, cut);
                var commit = member.Storage.CommitAsync(batch, Durability.Buffered);
                System.Diagnostics.Debug.Assert(commit.IsCompletedSuccessfully, "Commits to an atom are done when this returns.");
                member.Storage.LimitInheritance(Storage.DataPointer, cut);
                member._nodes.Reset();
            }
        }
    }

    // Before the first change inside an atom: remember what it is a change of.
    private void Touch()
    {
        if (Parent is null || _origin is not null) return;
        _nodes.Reset();
        (_origin, _originShared) = (Parent.Tree, Parent.Storage.InheritedLength);
        _intactLength = _origin.Length;
        _tree = _origin;
    }

    private void Forget()
    {
        (_origin, _tree, _signer, _intactLength) = (null, null, null, ulong.MaxValue);
        _nodes.Reset();
    }
}
