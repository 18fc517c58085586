using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <content>Branches of the core, and how their blocks become its own.</content>
internal sealed partial class CoreState
{
    private readonly Dictionary<string, BranchState> _branches = new(StringComparer.Ordinal);

    /// <summary>The branch of a name: one object for all its sessions.</summary>
    public BranchState OpenBranch(ISessionState source, CoreSessionOptions options)
    {
        BranchState? branch;
        lock (_gate)
        {
            if (options.Overwrite || !_branches.TryGetValue(options.Name!, out branch))
            {
                branch = BranchState.OpenNamed(this, source, options);
                _branches[options.Name!] = branch;
            }
        }

        if (options.Checkout is { } length && length < branch.Tree.Length) branch.CutNow(length);
        return branch;
    }

    /// <summary>Removes all branches and what they hold.</summary>
    public ValueTask DeleteBranchesAsync(Durability durability)
    {
        lock (_gate) _branches.Clear();
        Storage.DeleteSessions();
        return durability == Durability.Synced ? Storage.Owner.SyncAsync() : default;
    }

    /// <summary>Takes over a branch's blocks. Null when the branch does not continue what is signed.</summary>
    public async ValueTask<ulong?> CommitAsync(BranchState source, CoreCommitOptions options, Durability durability)
    {
        (ulong Length, Bytes32 Hash)? taken = null;
        await RunAsync(round =>
        {
            lock (source.Gate)
            {
                taken = Commit(round, source, options, durability);
            }
        }).ConfigureAwait(false);
        if (taken is not { } done) return null;
        source.HandleCommitted(done.Length, done.Hash);
        return done.Length;
    }

    /// <summary>Takes the blocks that the manifest vouches for from another core that begins with them.</summary>
    public ValueTask CopyPrologueAsync(ISessionState source, Durability durability) => RunAsync(round =>
    {
        if (Manifest?.Prologue is not { Length: > 0 } prologue) return;
        round.Require(durability);
        var tip = BranchState.TipAt(this, source.Nodes, 0, prologue.Length);
        if (tip.Hash != prologue.Hash) throw new ArgumentException($"The core given does not begin as core {Key} does.", nameof(source));
        foreach (var root in tip.Roots) round.AddNode(root, mayBeReadBack: true);
        if (round.Tree.Length < prologue.Length)
        {
            round.Tree.Reset(tip);
            (round.IsUpgraded, round.Signature) = (true, []);
        }

        CopyBlocks(round, source, 0, prologue.Length);
    });

    private ValueTask<ulong> AppendAloneAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CoreAppendOptions options, SessionSettings settings)
    {
        var length = 0UL;
        return FinishAsync(RunAsync(round =>
        {
            length = round.Tree.Length;
            if (blocks.Count == 0 || !options.Allows(length, round.Tree.Fork, (ulong)blocks.Count)) return;
            ThrowIfNotAppendable(options);
            round.Require(settings.Durability);
            foreach (var block in blocks) AppendWork.Add(round.Tree, round.Batch, block.Span, settings.Encryption, round.Tree.Fork);
            RequireSignable(round.Tree, options.Signature, options.KeyPair);
            (round.IsUpgraded, round.IsOwn, round.Signature, round.Signer) = (true, true, options.Signature?.ToArray(), options.KeyPair);
            round.AddChange(length, round.Tree.Length, held: true);
            length = round.Tree.Length;
        }));

        async ValueTask<ulong> FinishAsync(ValueTask appending)
        {
            await appending.ConfigureAwait(false);
            return length;
        }
    }

    private void ThrowIfNotAppendable(bool isSigned, KeyPair? keyPair)
    {
        if (_isFrozen) throw FrozenException();
        if (Storage.IsReadOnly) throw new CoreNotWritableException(Key, $"Core {Key} can not be written here: its store was opened read-only.");
        if (!isSigned && keyPair is null && !IsWritable) throw new CoreNotWritableException(Key, $"Core {Key} can not be written here: this store does not hold its key pair, or several must sign.");
        if (IsRecovering) throw new CoreRecoveringException(Key, $"The log of this store was damaged and thrown away, so blocks of core {Key} that peers have may be missing here. Replicate with them, then call ConfirmLengthAsync.");
    }

    private (ulong Length, Bytes32 Hash)? Commit(WriteRound round, BranchState source, CoreCommitOptions options, Durability durability)
    {
        var length = options.Length ?? source.Tree.Length;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, source.Tree.Length, nameof(options));
        if (round.Tree.Length > length || !IsSharedBy(round.Tree, source.Nodes)) return null;
        var ours = round.Tree.Length;
        round.Require(durability);
        if (length > ours) Grow(round, source, length, options);
        CopyBlocks(round, source, Math.Min(ours, source.Storage.InheritedLength), length);
        return (length, round.Tree.Hash());
    }

    private void Grow(WriteRound round, BranchState source, ulong length, CoreCommitOptions options)
    {
        ThrowIfNotAppendable(options.Signature is not null, options.KeyPair);
        var grown = round.Scratch;
        grown.CopyFrom(round.Tree);
        while (grown.Length < length)
        {
            if (!source.Nodes.TryGet(grown.Length * 2, out var leaf)) throw Damaged(Key, $"tree node {grown.Length * 2} of its branch is missing");
            grown.AppendRoot(leaf);
        }

        RequireSignable(grown, options.Signature, options.KeyPair);
        foreach (var node in grown.Nodes) round.AddNode(node, mayBeReadBack: true);
        round.Tree.CopyFrom(grown);
        (round.IsUpgraded, round.IsOwn, round.Signature, round.Signer) = (true, true, options.Signature?.ToArray(), options.KeyPair);
    }

    // Takes blocks that we lack, and the nodes that connect them to what we have.
    private static void CopyBlocks(WriteRound round, ISessionState source, ulong start, ulong end)
    {
        using var blocks = source.Storage.ReadBlocks(start, end);
        while (blocks.MoveNext())
        {
            if (round.WillHave(blocks.Index)) continue;
            if (!ConnectLeaf(round, source.Nodes, blocks.Index)) continue;
            round.Batch.PutBlock(blocks.Index, blocks.Block);
            round.AddChange(blocks.Index, blocks.Index + 1, held: true);
        }
    }

    private static bool ConnectLeaf(WriteRound round, INodeSource nodes, ulong block)
    {
        for (var index = block * 2; !round.TryGet(index, out _); index = FlatTree.Parent(index))
        {
            if (!TreeMath.IsWithin(index, round.Tree.Length)) return false;
            if (!nodes.TryGet(index, out var node) || !nodes.TryGet(FlatTree.Sibling(index), out var sibling)) return false;
            round.AddNode(node, mayBeReadBack: true);
            if (!round.TryGet(sibling.Index, out _)) round.AddNode(sibling, mayBeReadBack: true);
        }

        return true;
    }

    private static bool IsSharedBy(MerkleBatch tree, INodeSource nodes)
    {
        foreach (var root in tree.Roots)
        {
            if (!nodes.TryGet(root.Index, out var theirs) || theirs != root) return false;
        }

        return true;
    }
}
