using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.State;

/// <summary>A move to another fork, whose head is verified. Not thread-safe: one owner, one call at a time.</summary>
/// <remarks>
/// Bisection: <c>_diff</c> is the leftmost node of the new tree that is known to differ from ours, or where we have none. All before it is shared. Each answer
/// brings its children's hashes further down, until it is a leaf or lies where we have no blocks.
/// </remarks>
internal sealed class Reorg : IReorg
{
    private readonly CoreState _core;
    private readonly MerkleBatch _tree;
    private readonly CoreVerifier? _learnt;
    private readonly byte[] _signature;
    private readonly ulong _ourLength;
    private readonly ulong _ourFork;
    private readonly Dictionary<ulong, TreeNode> _known = [];
    private TreeNode? _diff;

    public Reorg(CoreState core, MerkleBatch tree, List<TreeNode> path, CoreVerifier? learnt, byte[] signature)
    {
        (_core, _tree, _learnt, _signature) = (core, tree, learnt, signature);
        (_ourFork, _ourLength) = (core.Tip.Fork, core.Tip.Length);
        foreach (var node in tree.Nodes) _known[node.Index] = node;
        foreach (var node in path) _known[node.Index] = node;
        Ancestors = Math.Min(tree.Length, _ourLength);
        foreach (var root in tree.Roots)
        {
            if (IsOurs(root)) continue;
            SetDiff(root);
            Descend();
            break;
        }
    }

    public ulong Fork => _tree.Fork;

    public ulong Length => _tree.Length;

    public ulong Ancestors { get; private set; }

    public ReorgWant? Want { get; private set; }

    public ValueTask<VerifyOutcome> UpdateAsync(Proof proof) => new(Update(proof));

    public async ValueTask<VerifyOutcome> CommitAsync()
    {
        if (Want is not null) return VerifyOutcome.Refused(ProofRefusal.InvalidProof);
        var refusal = ProofRefusal.None;
        try
        {
            await _core.RunAsync(round => refusal = Apply(round)).ConfigureAwait(false);
        }
        catch (NashiException)
        {
            refusal = ProofRefusal.WriteFailed;
        }

        return refusal == ProofRefusal.None ? new VerifyOutcome(ProofRefusal.None, Upgraded: true) : VerifyOutcome.Refused(refusal);
    }

    private VerifyOutcome Update(Proof proof)
    {
        if (_diff is not { } diff || Want is null) return VerifyOutcome.Refused(ProofRefusal.OutOfDate);
        if (proof.Fork != Fork) return VerifyOutcome.Refused(ProofRefusal.WrongFork);
        var path = new List<TreeNode>();
        var refusal = ProofVerifier.RebuildPath(proof, path, out var root);
        if (refusal != ProofRefusal.None) return VerifyOutcome.Refused(refusal);
        if (root is not { } top) return VerifyOutcome.Refused(ProofRefusal.InvalidProof);
        // An answer to an earlier want: true, maybe, but of no use now.
        if (top.Index != diff.Index) return VerifyOutcome.Refused(ProofRefusal.OutOfDate);
        if (top != diff) return VerifyOutcome.Refused(ProofRefusal.InvalidChecksum);
        foreach (var node in path) _known[node.Index] = node;
        Descend();
        return new VerifyOutcome(ProofRefusal.None);
    }

    private void Descend()
    {
        while (Want is not null && _known.TryGetValue(FlatTree.LeftChild(_diff!.Value.Index), out var left))
        {
            if (!IsOurs(left)) SetDiff(left);
            else if (_known.TryGetValue(FlatTree.Sibling(left.Index), out var right)) SetDiff(right);
            else return;
        }
    }

    private void SetDiff(in TreeNode diff)
    {
        var start = FlatTree.LeftSpan(diff.Index) / 2;
        var end = Math.Min(_ourLength, start + FlatTree.CountLeaves(diff.Index));
        (_diff, Ancestors) = (diff, Math.Min(start, _ourLength));
        Want = (diff.Index & 1) == 0 || end <= start ? null : new ReorgWant(start, end, (ulong)FlatTree.Depth(diff.Index));
    }

    private bool IsOurs(in TreeNode node) => TreeMath.IsWithin(node.Index, _ourLength) && _core.Nodes.TryGet(node.Index, out var ours) && ours == node;

    private ProofRefusal Apply(WriteRound round)
    {
        if (_core.IsFrozen) return ProofRefusal.Frozen;
        if (round.Tree.Fork != _ourFork) return ProofRefusal.OutOfDate;
        // Before the cut, which needs the roots there: they are shared by both forks, and we may know them only from here.
        foreach (var node in _known.Values) round.AddNode(node, mayBeReadBack: true);
        _core.Cut(round, Ancestors);
        round.TruncatedTo = Ancestors;
        round.Tree.CopyFrom(_tree);
        round.Signature = _signature;
        round.NewVerifier = _learnt;
        round.IsUpgraded = true;
        return ProofRefusal.None;
    }
}
