using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;
using Nashi.Storage.Kv;

namespace Nashi.Hypercore.State;

/// <summary>A peer's answer to be checked and stored.</summary>
internal sealed class VerifyWork(CoreState core, Proof proof, Durability durability) : LaneWork
{
    private readonly TaskCompletionSource<VerifyOutcome> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<TreeNode> _path = new(8);
    private VerifyOutcome _outcome;

    public ValueTask<VerifyOutcome> Task => new(_done.Task);

    public override long Size => proof.Block?.Value?.Length ?? 0;

    public override bool CanShare => true;

    public override void Apply(WriteRound round)
    {
        _path.Clear();
        _outcome = Check(round, out var learnt, out var isPathTrusted, out var isGrown);
        if (!_outcome.IsAccepted) return;
        round.Require(durability);
        if (learnt is not null) round.NewVerifier = learnt;
        // The top of a path that was not part of an upgrade is stored already.
        for (var i = 0; i < _path.Count - (isPathTrusted ? 1 : 0); i++) round.AddNode(_path[i], mayBeReadBack: true);
        if (isGrown) Adopt(round);
        if (proof.Block is not { } block || round.WillHave(block.Index)) return;
        round.Batch.PutBlock(block.Index, block.Value!.Value.Span);
        round.AddChange(block.Index, block.Index + 1, held: true);
    }

    public override void Succeed() => _done.SetResult(_outcome);

    public override void Fail(Exception error)
    {
        core.ReportWriteFailure(error);
        _done.SetResult(VerifyOutcome.Refused(ProofRefusal.WriteFailed));
    }

    private VerifyOutcome Check(WriteRound round, out CoreVerifier? learnt, out bool isPathTrusted, out bool isGrown)
    {
        (learnt, isPathTrusted, isGrown) = (null, false, false);
        if (core.IsFrozen) return VerifyOutcome.Refused(ProofRefusal.Frozen);
        if (core.IsClosed) return VerifyOutcome.Refused(ProofRefusal.Closed);
        if (core.Storage.IsReadOnly) return VerifyOutcome.Refused(ProofRefusal.WriteFailed);
        if (proof.Fork != round.Tree.Fork) return VerifyOutcome.Refused(ProofRefusal.WrongFork);
        var refusal = ProofVerifier.RebuildPath(proof, _path, out var root);
        if (refusal != ProofRefusal.None) return VerifyOutcome.Refused(refusal);
        var isPathUsed = false;
        if (proof.Upgrade is { } upgrade && IsNews(upgrade, round))
        {
            refusal = Grow(round, upgrade, root, out learnt, out isPathUsed);
            if (refusal != ProofRefusal.None) return VerifyOutcome.Refused(refusal);
            isGrown = true;
        }

        if (root is { } top && !isPathUsed)
        {
            refusal = Compare(round, top, isGrown);
            if (refusal != ProofRefusal.None) return VerifyOutcome.Refused(refusal);
            isPathTrusted = true;
        }

        return new VerifyOutcome(ProofRefusal.None, isGrown, proof.Block?.Index);
    }

    // Two peers may have sent the same growth: then only the rest of the proof counts.
    private static bool IsNews(in UpgradeProof upgrade, WriteRound round) =>
        upgrade.Length > TreeMath.MaxLength || upgrade.Start + upgrade.Length > round.Tree.Length;

    private ProofRefusal Grow(WriteRound round, in UpgradeProof upgrade, TreeNode? root, out CoreVerifier? learnt, out bool isPathUsed)
    {
        (learnt, isPathUsed) = (null, false);
        var refusal = core.FindVerifier(proof.Manifest, round, out var verifier);
        if (verifier is null) return refusal;
        var tree = round.Scratch;
        tree.CopyFrom(round.Tree);
        refusal = ProofVerifier.Grow(upgrade, verifier.Manifest.Prologue, root, tree, out isPathUsed);
        // Nodes that grow from where we were when we asked do not fit where we are now.
        if (refusal == ProofRefusal.InvalidProof && upgrade.Start < round.Tree.Length) return ProofRefusal.OutOfDate;
        if (refusal != ProofRefusal.None) return refusal;
        if (!verifier.Verify(tree, upgrade.Signature.Span)) return ProofRefusal.InvalidSignature;
        learnt = core.IsKnown(verifier, round) ? null : verifier;
        return ProofRefusal.None;
    }

    private ProofRefusal Compare(WriteRound round, in TreeNode top, bool isGrown)
    {
        if (TryFind(round, top.Index, isGrown, out var known)) return known.Hash == top.Hash && known.Size == top.Size ? ProofRefusal.None : ProofRefusal.InvalidChecksum;
        return proof.Upgrade is not null ? ProofRefusal.OutOfDate : ProofRefusal.InvalidProof;
    }

    private static bool TryFind(WriteRound round, ulong index, bool isGrown, out TreeNode node)
    {
        if (isGrown)
        {
            foreach (var grown in round.Scratch.Nodes)
            {
                if (grown.Index != index) continue;
                node = grown;
                return true;
            }
        }

        node = default;
        return TreeMath.IsWithin(index, round.Tree.Length) && round.TryGet(index, out node);
    }

    private void Adopt(WriteRound round)
    {
        foreach (var node in round.Scratch.Nodes) round.AddNode(node, mayBeReadBack: true);
        round.Tree.CopyFrom(round.Scratch);
        round.Signature = proof.Upgrade!.Value.Signature.ToArray();
        round.IsUpgraded = true;
    }
}
