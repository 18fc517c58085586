using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <content>Writing: the rounds of the lane.</content>
internal sealed partial class CoreState
{
    private const int MaxPooled = 64;

    private readonly Stack<AppendWork> _pool = new();
    private byte[]? _page;
    private int[] _nodeOrder = [];
    private ulong[] _nodeKeys = [];
    private readonly HashSet<ulong> _touched = [];

    public ValueTask<ulong> AppendAsync(ReadOnlyMemory<byte> block, SessionSettings settings)
    {
        RequireSize(block.Length);
        return Submit(block, null, block.Length, settings);
    }

    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, SessionSettings settings)
    {
        var size = 0L;
        for (var i = 0; i < blocks.Count; i++)
        {
            RequireSize(blocks[i].Length);
            size += blocks[i].Length;
        }

        return Submit(default, blocks, size, settings);
    }

    public ValueTask<ulong> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> blocks, CoreAppendOptions options, SessionSettings settings)
    {
        if (options.IsPlain) return AppendAsync(blocks, settings);
        foreach (var block in blocks) RequireSize(block.Length);
        return AppendAloneAsync(blocks, options, settings);
    }

    public ValueTask TruncateAsync(CoreTruncateOptions options, Durability durability) => RunAsync(round =>
    {
        var newLength = options.Length;
        ThrowIfNotAppendable(options.Signature is not null, options.KeyPair);
        round.Require(durability);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(newLength, round.Tree.Length, nameof(options));
        RequireBeyondPrologue(newLength);
        var next = options.Fork ?? round.Tree.Fork + 1;
        if (next <= round.Tree.Fork) throw new ArgumentOutOfRangeException(nameof(options), $"The new fork must be higher than {round.Tree.Fork}, or peers would see a conflict.");
        round.Scratch.Reset(BranchState.TipAt(this, round, next, newLength));
        RequireSignable(round.Scratch, options.Signature, options.KeyPair);
        Cut(round, newLength);
        round.Tree.Fork = next;
        (round.IsUpgraded, round.Signature, round.Signer) = (true, options.Signature?.ToArray(), options.KeyPair);
    });

    public ValueTask ClearAsync(ulong start, ulong end, Durability durability) => RunAsync(round =>
    {
        round.Require(durability);
        end = Math.Min(end, round.Tree.Length);
        if (start >= end) return;
        round.Batch.DeleteBlocks(start, end);
        round.AddChange(start, end, held: false);
        // A writer needs its nodes to cut the core, and to bring peers of any length up to date.
        if (!IsWritable) PruneNodes(round, start, end);
    });

    public ValueTask WriteAsync(Action<CoreWriteBatch> change, Durability durability) => RunAsync(round =>
    {
        round.Require(durability);
        change(round.Batch);
    });

    // Nodes below one that covers no block any more are of no use: who downloads the blocks again gets them with the proof. Their parent stays, to check that with.
    private void PruneNodes(WriteRound round, ulong start, ulong end)
    {
        for (var index = start * 2; TreeMath.IsWithin(FlatTree.Parent(index), round.Tree.Length); index = FlatTree.Parent(index))
        {
            var sibling = FlatTree.Sibling(index);
            if (IsAnyHeld(FlatTree.LeftSpan(sibling) / 2, (FlatTree.RightSpan(sibling) / 2) + 1, start, end)) return;
            round.Batch.DeleteTreeNode(index);
            round.Batch.DeleteTreeNode(sibling);
            round.ArePruned = true;
        }
    }

    private bool IsAnyHeld(ulong start, ulong end, ulong clearedStart, ulong clearedEnd)
    {
        if (start < clearedStart && Bits.FindFirst(true, start) < Math.Min(end, clearedStart)) return true;
        var from = Math.Max(start, clearedEnd);
        return from < end && Bits.FindFirst(true, from) < end;
    }

    /// <summary>Accepts the length of now after the store lost its log: appends go on from here.</summary>
    public ValueTask ConfirmLengthAsync() => RunAsync(round =>
    {
        if (!IsRecovering) return;
        round.Require(Durability.Synced);
        Volatile.Write(ref _recovering, 0);
        round.Batch.SetHints(new CoreHints(ContiguousLength, Volatile.Read(ref _remoteContiguousLength)));
    });

    public void ThrowIfNotAppendable() => ThrowIfNotAppendable(isSigned: false, keyPair: null);

    public void ThrowIfNotAppendable(CoreAppendOptions options) => ThrowIfNotAppendable(options.Signature is not null, options.KeyPair);

    /// <summary>Refuses a cut into what the key itself vouches for.</summary>
    public void RequireBeyondPrologue(ulong newLength)
    {
        var prologue = Manifest?.Prologue?.Length ?? 0;
        if (newLength < prologue) throw new ArgumentOutOfRangeException(nameof(newLength), $"Core {Key} begins with {prologue} blocks that its key vouches for: they can not be cut.");
    }

    /// <summary>Refuses a tree that the given signature does not cover, or that the key pair can not sign.</summary>
    public void RequireSignable(MerkleBatch tree, ReadOnlyMemory<byte>? signature, KeyPair? keyPair)
    {
        if (signature is { } given)
        {
            if (_verifier is not { } verifier || !verifier.Verify(tree, given.Span)) throw new InvalidSignatureException(Key, $"The signature given does not cover core {Key} at length {tree.Length}, fork {tree.Fork}.");
        }
        else if (keyPair is not null && _verifier is { } signing && !signing.CanSign(keyPair))
        {
            throw new CoreNotWritableException(Key, $"The key pair given can not sign core {Key} alone.");
        }
    }

    public void Return(AppendWork work)
    {
        lock (_pool)
        {
            if (_pool.Count < MaxPooled) _pool.Push(work);
        }
    }

    /// <summary>Removes blocks and nodes from a length on, and makes the round's tree end there.</summary>
    internal void Cut(WriteRound round, ulong newLength)
    {
        var oldLength = round.Tree.Length;
        if (newLength == oldLength) return;
        var tip = BranchState.TipAt(this, round, round.Tree.Fork, newLength);
        DeleteFrom(round.Batch, newLength, oldLength);
        round.Tree.Reset(tip);
        round.AddChange(newLength, oldLength, held: false);
        round.TruncatedTo = newLength;
    }

    /// <summary>Removes the blocks from one length up to another, and the nodes that cover any of them.</summary>
    internal static void DeleteFrom(CoreWriteBatch batch, ulong newLength, ulong oldLength)
    {
        batch.DeleteBlocks(newLength, oldLength);
        batch.DeleteTreeNodes(newLength * 2, oldLength * 2);
        DeleteDanglingParents(batch, newLength);
    }

    // Parents left of the new end that reach beyond it.
    private static void DeleteDanglingParents(CoreWriteBatch batch, ulong newLength)
    {
        if (newLength == 0) return;
        var node = (newLength - 1) * 2;
        for (var depth = 0; depth < 52; depth++)
        {
            node = FlatTree.Parent(node);
            if (FlatTree.RightSpan(node) >= newLength * 2 && node < newLength * 2) batch.DeleteTreeNode(node);
            if (FlatTree.LeftSpan(node) == 0 && FlatTree.RightSpan(node) >= newLength * 2) return;
        }
    }

    internal static void RequireSize(int length)
    {
        if (length > CoreOptions.MaxBlockSize) throw new ArgumentException($"A block has at most {CoreOptions.MaxBlockSize} bytes, not {length}: split it.");
    }

    private ValueTask<ulong> Submit(ReadOnlyMemory<byte> block, IReadOnlyList<ReadOnlyMemory<byte>>? blocks, long size, SessionSettings settings)
    {
        AppendWork? work;
        lock (_pool)
        {
            if (!_pool.TryPop(out work)) work = new AppendWork(this);
        }

        work.Set(block, blocks, size, settings);
        var task = work.Task;
        _lane.Submit(work);
        return task;
    }

    internal ValueTask RunAsync(Action<WriteRound> apply)
    {
        var work = new ActionWork(apply);
        _lane.Submit(work);
        return new(work.Task);
    }

    // Called by the lane with works of one kind; never throws: each work learns its own end.
    private Task RunRoundAsync(List<LaneWork> works)
    {
        if (works[0] is HoldWork hold) return hold.Enter();
        var round = Round;
        round.Begin();
        for (var i = 0; i < works.Count;)
        {
            try
            {
                works[i].Apply(round);
                i++;
            }
            catch (Exception error)
            {
                works[i].Fail(error);
                works.RemoveAt(i);
            }
        }

        return works.Count == 0 ? Task.CompletedTask : StoreAsync(round, works);
    }

    private Task StoreAsync(WriteRound round, List<LaneWork> works)
    {
        if (round.IsEmpty)
        {
            Finish(works, null);
            return Task.CompletedTask;
        }

        TreeTip tree;
        ValueTask storing;
        try
        {
            tree = Prepare(round);
            if (round.TruncatedTo is { } cut) MoveBlocksToBranches(round, cut);
            storing = Storage.CommitAsync(round.Batch, round.Durability);
            EndMove(isStored: true);
        }
        catch (Exception error)
        {
            EndMove(isStored: false);
            Finish(works, error);
            return Task.CompletedTask;
        }

        if (!storing.IsCompletedSuccessfully) return AwaitAsync(storing, round, tree, works);
        Publish(round, tree, works);
        return Task.CompletedTask;
    }

    private async Task AwaitAsync(ValueTask storing, WriteRound round, TreeTip tree, List<LaneWork> works)
    {
        try
        {
            await storing.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // It is written, and only not known to be on the disk: what is shown must be what is stored.
            Publish(round, tree, []);
            Finish(works, error);
            return;
        }

        Publish(round, tree, works);
    }

    private static void Finish(List<LaneWork> works, Exception? error)
    {
        foreach (var work in works)
        {
            if (error is null) work.Succeed();
            else work.Fail(error);
        }
    }

    // Writes into the batch what follows from the works' changes: nodes, head, bits, hints.
    private TreeTip Prepare(WriteRound round)
    {
        var tree = _tree;
        var batch = round.Batch;
        foreach (var node in round.Tree.Nodes) round.NewNodes.Add(node);
        PutNodes(round);
        if (round.IsUpgraded)
        {
            tree = round.Tree.ToTip(round.Signature);
            if (round.Signature is null) tree = new TreeTip(tree, Sign(tree, round.Signer ?? _keyPair!));
            batch.SetHead(new CoreHead(tree.Fork, tree.Length, tree.Hash, tree.Signature, (ulong)Clock.GetUtcNow().ToUnixTimeMilliseconds()));
        }

        if (round.NewVerifier is { } verifier) batch.SetAuth(_auth with { Manifest = StoredManifest.Encode(verifier.Manifest) });
        if (round.Changes.Count == 0) return tree;
        PutPages(round);
        batch.SetHints(new CoreHints(NextContiguous(round), Volatile.Read(ref _remoteContiguousLength), Volatile.Read(ref _recovering)));
        return tree;
    }

    // In the order of their keys: the store then inserts each beside the one before, and need not search its place.
    private void PutNodes(WriteRound round)
    {
        var count = round.NewNodes.Count;
        if (_nodeOrder.Length < count) (_nodeOrder, _nodeKeys) = (new int[Math.Max(count, 2 * _nodeOrder.Length)], new ulong[Math.Max(count, 2 * _nodeOrder.Length)]);
        for (var i = 0; i < count; i++) (_nodeKeys[i], _nodeOrder[i]) = (round.NewNodes[i].Index, i);
        Array.Sort(_nodeKeys, _nodeOrder, 0, count);
        for (var i = 0; i < count; i++)
        {
            var node = round.NewNodes[_nodeOrder[i]];
            round.Batch.PutTreeNode(node.Index, node.Size, node.Hash);
        }
    }

    private byte[] Sign(TreeTip tree, KeyPair keyPair) => _verifier!.Sign(tree.Hash, tree.Length, tree.Fork, keyPair);

    private void PutPages(WriteRound round)
    {
        _touched.Clear();
        foreach (var change in round.Changes)
        {
            var first = change.Start / BitfieldPage.Bits;
            if (change.Held)
            {
                for (var page = first; page * BitfieldPage.Bits < change.End; page++) _touched.Add(page);
                continue;
            }

            // What goes may be a range as long as a stranger's core claims to be: only pages that exist are touched.
            foreach (var page in Bits.PagesFrom(first))
            {
                if (page * BitfieldPage.Bits >= change.End) break;
                _touched.Add(page);
            }
        }

        foreach (var page in _touched) PutPage(round, page);
    }

    private void PutPage(WriteRound round, ulong page)
    {
        _page ??= new byte[CoreStorage.PageSize];
        Bits.CopyPage(page, _page);
        var start = page * BitfieldPage.Bits;
        foreach (var change in round.Changes)
        {
            var from = Math.Max(change.Start, start);
            var to = Math.Min(change.End, start + BitfieldPage.Bits);
            if (from < to) BitEdit.SetRange(_page, (int)(from - start), (int)(to - start), change.Held);
        }

        if (_page.AsSpan().ContainsAnyExcept((byte)0)) round.Batch.PutBitfieldPage(page, _page);
        else round.Batch.DeleteBitfieldPage(page);
    }

    private ulong NextContiguous(WriteRound round)
    {
        var contiguous = _contiguousLength;
        foreach (var change in round.Changes)
        {
            if (!change.Held && change.Start < contiguous) contiguous = change.Start;
        }

        while (round.WillHave(contiguous))
        {
            var end = EndOfChangeAt(round, contiguous);
            contiguous = end ?? Math.Max(contiguous + 1, Math.Min(Bits.FindFirst(false, contiguous), NextChangeAfter(round, contiguous)));
        }

        return contiguous;
    }

    private static ulong? EndOfChangeAt(WriteRound round, ulong index)
    {
        for (var i = round.Changes.Count - 1; i >= 0; i--)
        {
            if (index >= round.Changes[i].Start && index < round.Changes[i].End) return i == round.Changes.Count - 1 ? round.Changes[i].End : index + 1;
        }

        return null;
    }

    private static ulong NextChangeAfter(WriteRound round, ulong index)
    {
        var next = Bitfield.None;
        foreach (var change in round.Changes)
        {
            if (change.Start > index) next = Math.Min(next, change.Start);
        }

        return next;
    }

    // From here on everybody sees it.
    private void Publish(WriteRound round, TreeTip tree, List<LaneWork> works)
    {
        var before = _tree;
        var contiguous = round.Changes.Count == 0 ? _contiguousLength : NextContiguous(round);
        if (round.TruncatedTo is not null || round.ArePruned) Nodes.Reset();
        Nodes.Add(round.NewNodes);
        if (round.NewVerifier is { } verifier)
        {
            _auth = _auth with { Manifest = StoredManifest.Encode(verifier.Manifest) };
            _verifier = verifier;
        }

        // Bits go before the tree shrinks and come after it grew: a reader never sees a block beyond the end.
        foreach (var change in round.Changes)
        {
            if (!change.Held) Bits.SetRange(change.Start, change.End, false);
        }

        _tree = tree;
        foreach (var change in round.Changes) Bits.SetRange(change.Start, change.End, change.Held);
        Volatile.Write(ref _contiguousLength, contiguous);
        Notify(round, before, tree);
        Finish(works, null);
    }

    private void Notify(WriteRound round, TreeTip before, TreeTip after)
    {
        if (round.NewVerifier is not null) Replicator?.OnManifest();
        if (round.TruncatedTo is { } cut || before.Fork != after.Fork)
        {
            cut = round.TruncatedTo ?? before.Length;
            Replicator?.OnTruncated(cut, after.ToCoreTip());
            Raise(new CoreChange(CoreChangeKind.Truncated, cut, before.Length - cut, after.Length, after.Fork));
        }

        var grownFrom = round.TruncatedTo ?? before.Length;
        if (after.Length > grownFrom)
        {
            Replicator?.OnUpgraded(before.ToCoreTip(), after.ToCoreTip());
            Raise(new CoreChange(CoreChangeKind.Appended, grownFrom, after.Length - grownFrom, after.Length, after.Fork));
        }

        foreach (var change in round.Changes)
        {
            if (!change.Held && round.TruncatedTo is not null) continue;
            Replicator?.OnBlocksChanged(change.Start, change.End - change.Start, change.Held);
            var own = change.Held && round.IsOwn;
            if (!own) Raise(new CoreChange(change.Held ? CoreChangeKind.Downloaded : CoreChangeKind.Cleared, change.Start, change.End - change.Start, after.Length, after.Fork));
        }
    }
}
