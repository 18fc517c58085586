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

    public ValueTask<bool> CanUpgradeAsync(ulong length) => new(false);

    public ValueTask<ulong> MissingNodesAsync(ulong treeIndex) => new(0UL);

    public ValueTask<ProofReply> CreateProofAsync(ProofRequest request) => new(ProofReply.Refused(ProofRefusal.NotAvailable));

    public ValueTask<VerifyOutcome> VerifyAndStoreAsync(Proof proof) => new(VerifyOutcome.Refused(ProofRefusal.Closed));

    public ValueTask<(IReorg? Reorg, ProofRefusal Refusal)> BeginReorgAsync(Proof proof) => new((null, ProofRefusal.Closed));

    public ValueTask<Proof?> CheckConflictAsync(Proof proof)
    {
        Freeze();
        return new((Proof?)null);
    }
}
