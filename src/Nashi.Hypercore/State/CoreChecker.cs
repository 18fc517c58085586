using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>Reads all that is stored of a core that nobody has open, compares it with the signed tree, and repairs what can be repaired without others.</summary>
/// <remarks>
/// A tree that lost nodes is made anew from the blocks, if they are all there and give the hash of the head. Blocks that are not what the tree says are removed, to
/// be downloaded again; blocks that are right and were not noted are noted.
/// </remarks>
internal sealed class CoreChecker(CoreStorage storage)
{
    private const int NodesPerCommit = 16_384;

    private readonly NodeStore _nodes = new(storage);
    private readonly Bitfield _noted = new();
    private readonly Bitfield _right = new();
    private readonly List<ulong> _damaged = [];
    private ulong _blocks;
    private ulong _forgotten;

    public async ValueTask<CoreCheck> RunAsync(bool repair, CancellationToken cancellationToken)
    {
        var auth = storage.ReadAuth();
        if (storage.ReadHead() is not { Length: > 0 } head) return new CoreCheck(auth.Key, 0, 0, 0, 0, 0, IsTreeIntact: true, IsUsable: true, IsRepaired: false);
        var isIntact = FindRoots(auth, head) is not null;
        var isRepaired = !isIntact && repair && await TryRebuildAsync(head, cancellationToken).ConfigureAwait(false);
        if (FindRoots(auth, head) is not { } roots) return new CoreCheck(auth.Key, head.Length, 0, 0, 0, 0, IsTreeIntact: false, IsUsable: false, IsRepaired: false);
        storage.ReadBitfield(_noted, static (page, bits, noted) =>
        {
            if (page <= TreeMath.MaxLength / BitfieldPage.Bits) noted.Load(page, bits[..Math.Min(bits.Length, CoreStorage.PageSize)]);
        });
        Compare(new TreeProver(_nodes, roots, head.Length), head.Length, cancellationToken);
        var missing = CountMissing(head.Length);
        if (repair && missing + _forgotten + (ulong)_damaged.Count > 0)
        {
            await RepairAsync(head.Length).ConfigureAwait(false);
            isRepaired = true;
        }

        return new CoreCheck(auth.Key, head.Length, _blocks, missing, (ulong)_damaged.Count, _forgotten, isIntact, IsUsable: true, isRepaired);
    }

    private TreeNode[]? FindRoots(CoreAuth auth, in CoreHead head)
    {
        if (head.Length > TreeMath.MaxLength) return null;
        var indexes = FlatTree.FullRoots(head.Length);
        var roots = new TreeNode[indexes.Length];
        for (var i = 0; i < roots.Length; i++)
        {
            if (!_nodes.TryGet(indexes[i], out roots[i])) return null;
        }

        var tip = new TreeTip(head.Fork, head.Length, roots, head.Signature);
        if (tip.Hash != head.RootHash) return null;
        if (auth.Manifest is null || !StoredManifest.TryDecode(auth.Manifest, out var manifest) || head.Signature is null) return roots;
        var tree = new MerkleBatch();
        tree.Reset(tip);
        return new CoreVerifier(auth.Key, manifest).Verify(tree, head.Signature) ? roots : null;
    }

    // Twice over the blocks: nothing is written before the hash is known to come out right.
    private async ValueTask<bool> TryRebuildAsync(CoreHead head, CancellationToken cancellationToken)
    {
        if (!TryHash(head.Length, static _ => { }, cancellationToken, out var hash) || hash != head.RootHash) return false;
        var batch = storage.CreateBatch();
        _ = TryHash(
            head.Length,
            nodes =>
            {
                foreach (var node in nodes) batch.PutTreeNode(node.Index, node.Size, node.Hash);
                if (batch.Count >= NodesPerCommit) Commit(batch);
            },
            cancellationToken,
            out _);
        await storage.CommitAsync(batch, Durability.Synced).ConfigureAwait(false);
        _nodes.Reset();
        return true;
    }

    private void Commit(CoreWriteBatch batch)
    {
        var commit = storage.CommitAsync(batch, Durability.Buffered);
        System.Diagnostics.Debug.Assert(commit.IsCompletedSuccessfully, "Buffered commits are done when this returns, or throw.");
    }

    private bool TryHash(ulong length, Action<List<TreeNode>> made, CancellationToken cancellationToken, out Bytes32 hash)
    {
        hash = default;
        var tree = new MerkleBatch();
        tree.Reset(TreeTip.Empty);
        using var blocks = storage.ReadBlocks(0, length);
        while (blocks.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (blocks.Index != tree.Length) return false;
            tree.Append(blocks.Block);
            made(tree.Nodes);
            tree.Nodes.Clear();
        }

        hash = tree.Hash();
        return tree.Length == length;
    }

    private void Compare(TreeProver prover, ulong length, CancellationToken cancellationToken)
    {
        using var blocks = storage.ReadBlocks(0, length);
        while (blocks.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var leaf = MerkleHash.LeafNode(blocks.Index, blocks.Block);
            if (!_nodes.TryGet(leaf.Index, out var known) || known != leaf || !prover.TryProve(leaf))
            {
                _damaged.Add(blocks.Index);
                continue;
            }

            _right.SetRange(blocks.Index, blocks.Index + 1, true);
            _blocks++;
            if (!_noted.Get(blocks.Index)) _forgotten++;
        }
    }

    // A stranger's core may be of any length: only what is noted is looked at.
    private ulong CountMissing(ulong length)
    {
        var missing = 0UL;
        var damaged = _damaged.ToHashSet();
        for (var block = _noted.FindFirst(true, 0); block < length; block = _noted.FindFirst(true, block + 1))
        {
            if (!_right.Get(block) && !damaged.Contains(block)) missing++;
        }

        return missing;
    }

    private async ValueTask RepairAsync(ulong length)
    {
        var batch = storage.CreateBatch();
        foreach (var block in _damaged) batch.DeleteBlock(block);
        batch.DeleteBitfieldPages(0);
        var page = new byte[CoreStorage.PageSize];
        foreach (var number in _right.PagesFrom(0).ToArray())
        {
            _right.CopyPage(number, page);
            batch.PutBitfieldPage(number, page);
        }

        var hints = storage.ReadHints();
        batch.SetHints(hints with { ContiguousLength = Math.Min(_right.FindFirst(false, 0), length) });
        await storage.CommitAsync(batch, Durability.Synced).ConfigureAwait(false);
    }
}
