using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.State;

/// <content>The core as its replicator sees it.</content>
internal sealed partial class CoreState
{
    public bool IsCompat => _verifier is { IsCompat: true };

    public ulong RemoteContiguousLength
    {
        get => Volatile.Read(ref _remoteContiguousLength);
        set => Volatile.Write(ref _remoteContiguousLength, value);
    }

    public ulong FindFirst(bool held, ulong start) => Bits.FindFirst(held, start);

    public ulong FindLast(bool held, ulong end) => Bits.FindLast(held, end);

    public bool CopyBits(ulong start, Span<uint> words) => Bits.CopyBits(start, words);

    public ValueTask<bool> CanUpgradeAsync(ulong length)
    {
        var tree = _tree;
        if (length > tree.Length) return new(false);
        foreach (var root in FlatTree.FullRoots(length))
        {
            if (!Nodes.TryGet(root, out _)) return new(false);
        }

        return new(true);
    }

    public ValueTask<ulong> MissingNodesAsync(ulong treeIndex)
    {
        var length = _tree.Length;
        var missing = 0UL;
        while (TreeMath.IsWithin(treeIndex, length) && !Nodes.TryGet(treeIndex, out _))
        {
            missing++;
            treeIndex = FlatTree.Parent(treeIndex);
        }

        return new(missing);
    }

    public ValueTask<ProofReply> CreateProofAsync(ProofRequest request)
    {
        if (_isFrozen) return new(ProofReply.Refused(ProofRefusal.Frozen));
        if (_isClosed) return new(ProofReply.Refused(ProofRefusal.Closed));
        return new(CreateProof(request));
    }

    public ValueTask<VerifyOutcome> VerifyAndStoreAsync(Proof proof)
    {
        if (_isClosed) return new(VerifyOutcome.Refused(ProofRefusal.Closed));
        var work = new VerifyWork(this, proof, _options.DownloadDurability);
        _lane.Submit(work);
        return work.Task;
    }

    public ValueTask<(IReorg? Reorg, ProofRefusal Refusal)> BeginReorgAsync(Proof proof) => new(BeginReorg(proof));

    public ValueTask<Proof?> CheckConflictAsync(Proof proof) => new(CheckConflict(proof));

    /// <summary>What to check a signature with: what we have, or else what the proof brings, or else the guess that the core is from before manifests.</summary>
    internal ProofRefusal FindVerifier(Manifest? offered, WriteRound? round, out CoreVerifier? verifier)
    {
        verifier = round?.NewVerifier ?? _verifier;
        if (verifier is not null) return ProofRefusal.None;
        var manifest = offered ?? Manifest.ForCompatKey(Key);
        if (!manifest.Describes(Key)) return ProofRefusal.InvalidManifest;
        verifier = new CoreVerifier(Key, manifest);
        return ProofRefusal.None;
    }

    internal bool IsKnown(CoreVerifier verifier, WriteRound round) => ReferenceEquals(verifier, _verifier) || ReferenceEquals(verifier, round.NewVerifier);

    private ProofReply CreateProof(ProofRequest request)
    {
        var tree = _tree;
        if (request.Block is { } wanted && tree.Length > 0 && !Bits.Get(wanted.Index)) return ProofReply.Refused(ProofRefusal.NotAvailable);
        var reply = ProofBuilder.Build(tree, Nodes, Manifest?.Prologue, request);
        if (reply.Proof is not { } proof) return reply;
        if (proof.Block is { } block)
        {
            if (Storage.ReadBlock(block.Index) is not { } value) return ProofReply.Refused(ProofRefusal.NotAvailable);
            proof = proof with { Block = block with { Value = value } };
        }

        // A truncation in the meantime may have mixed nodes of two forks.
        if (_tree.Fork != tree.Fork) return ProofReply.Refused(ProofRefusal.NotAvailable);
        return new(request.Manifest && !IsCompat && Manifest is { } manifest ? proof with { Manifest = manifest } : proof, ProofRefusal.None);
    }

    private (IReorg? Reorg, ProofRefusal Refusal) BeginReorg(Proof proof)
    {
        if (_isFrozen) return (null, ProofRefusal.Frozen);
        if (proof.Fork <= _tree.Fork) return (null, ProofRefusal.WrongFork);
        var path = new List<TreeNode>();
        var refusal = VerifyFromZero(proof, path, out var tree, out _, out var verifier);
        if (refusal != ProofRefusal.None) return (null, refusal);
        var learnt = ReferenceEquals(verifier, _verifier) ? null : verifier;
        return (new Reorg(this, tree, path, learnt, proof.Upgrade!.Value.Signature.ToArray()), ProofRefusal.None);
    }

    private Proof? CheckConflict(Proof proof)
    {
        var ours = _tree;
        if (proof.Fork != ours.Fork || proof.Upgrade is not { } upgrade || upgrade.Length > ours.Length) return null;
        if (VerifyFromZero(proof, [], out _, out var theirHash, out _) != ProofRefusal.None) return null;
        var reply = ProofBuilder.Build(ours, Nodes, Manifest?.Prologue, new ProofRequest { Upgrade = new(0, upgrade.Length) });
        if (reply.Proof?.Upgrade is not { } own || own.Length != upgrade.Length || _tree.Fork != ours.Fork) return null;
        if (MerkleHash.Roots(own.Nodes.Span) == theirHash) return null;
        Freeze(new CoreConflict(ours.Fork, upgrade.Length, theirHash, upgrade.Signature.ToArray()));
        return IsCompat ? reply.Proof : reply.Proof with { Manifest = Manifest };
    }

    // A signed tree of which we have nothing yet; hashAtTarget is its hash at the length that was asked for, which may be less than was signed.
    private ProofRefusal VerifyFromZero(Proof proof, List<TreeNode> path, out MerkleBatch tree, out Bytes32 hashAtTarget, out CoreVerifier? verifier)
    {
        tree = new MerkleBatch();
        (hashAtTarget, verifier) = (default, null);
        if (proof.Upgrade is not { Start: 0 } upgrade) return ProofRefusal.InvalidProof;
        var refusal = FindVerifier(proof.Manifest, null, out verifier);
        if (verifier is null) return refusal;
        refusal = ProofVerifier.RebuildPath(proof, path, out var root);
        if (refusal != ProofRefusal.None) return refusal;
        tree.Reset(proof.Fork);
        refusal = ProofVerifier.Grow(upgrade with { AdditionalNodes = default }, verifier.Manifest.Prologue, root, tree, out var isPathUsed);
        if (refusal != ProofRefusal.None) return refusal;
        if (root is not null && !isPathUsed) return ProofRefusal.InvalidProof;
        hashAtTarget = tree.Hash();
        if (!upgrade.AdditionalNodes.IsEmpty)
        {
            tree.Reset(proof.Fork);
            refusal = ProofVerifier.Grow(upgrade, verifier.Manifest.Prologue, root, tree, out _);
            if (refusal != ProofRefusal.None) return refusal;
        }

        return verifier.Verify(tree, upgrade.Signature.Span) ? ProofRefusal.None : ProofRefusal.InvalidSignature;
    }
}
