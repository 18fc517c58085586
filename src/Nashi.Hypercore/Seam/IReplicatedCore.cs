using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Seam;

/// <summary>A core as its replicator sees it.</summary>
/// <remarks>
/// Properties, <see cref="Has"/>, the bitfield reads and <see cref="CreateProofAsync"/> may be called from any thread; they read an immutable snapshot and take no lock.
/// Writes run one at a time on the core's lane, in call order, and calls that are under way together are coalesced into one storage write: for throughput,
/// call <see cref="VerifyAndStoreAsync"/> without waiting for the one before (bounded by what you asked for). Notifications come through <see cref="ICoreReplicator"/>.
/// </remarks>
internal interface IReplicatedCore
{
    CoreKey Key { get; }

    DiscoveryKey DiscoveryKey { get; }

    /// <summary>Fork, length and byte length, read together.</summary>
    CoreTip Tip { get; }

    /// <summary>The first block that we lack.</summary>
    ulong ContiguousLength { get; }

    /// <summary>Null until it is learnt.</summary>
    Manifest? Manifest { get; }

    /// <summary>A core from before manifests: never announces one.</summary>
    bool IsCompat { get; }

    /// <summary>Whether we can append (we hold the key).</summary>
    bool IsWritable { get; }

    /// <summary>A conflict was proved: serve nothing, take nothing.</summary>
    bool IsFrozen { get; }

    /// <summary>The highest contiguous length any peer has announced. Persisted as a hint with the next write.</summary>
    ulong RemoteContiguousLength { get; set; }

    /// <summary>Whether we hold a block.</summary>
    bool Has(ulong index);

    /// <summary>The first block at or after <paramref name="start"/> that we hold (or, with false, lack). <see cref="ulong.MaxValue"/> when no such block is held; "lack" always finds one.</summary>
    ulong FindFirst(bool held, ulong start);

    /// <summary>The last block at or before <paramref name="end"/> that we hold (or lack); <see cref="ulong.MaxValue"/> when there is none.</summary>
    ulong FindLast(bool held, ulong end);

    /// <summary>Copies bits from block <paramref name="start"/> (a multiple of 32) on into words, lowest bit first. Returns false (and zeroes) when no bit is set there.</summary>
    bool CopyBits(ulong start, Span<uint> words);

    /// <summary>Whether we hold every full root for <paramref name="length"/> blocks on this fork, so that a peer of that length can be upgraded by us.</summary>
    ValueTask<bool> CanUpgradeAsync(ulong length);

    /// <summary>How many parents above <paramref name="treeIndex"/> we lack, until one that we hold or the top of a tree of <see cref="CoreTip.Length"/> blocks: the "nodes" of a request.</summary>
    ValueTask<ulong> MissingNodesAsync(ulong treeIndex);

    /// <summary>Locates a byte in what we hold.</summary>
    /// <returns>Null when the offset is beyond the end.</returns>
    ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding);

    /// <summary>Builds the answer to a peer's request. <see cref="Proof.Fork"/> tells the fork it was built on.</summary>
    ValueTask<ProofReply> CreateProofAsync(ProofRequest request);

    /// <summary>
    /// Checks a peer's answer and stores what it proves. Nothing unverified is ever stored. The proof's memory must stay unchanged until the task completes.
    /// A block that we hold already is accepted and not written again. Never throws for what the peer sent.
    /// </summary>
    ValueTask<VerifyOutcome> VerifyAndStoreAsync(Proof proof);

    /// <summary>Begins the move to a higher fork with an upgrade from 0 that was signed for it.</summary>
    ValueTask<(IReorg? Reorg, ProofRefusal Refusal)> BeginReorgAsync(Proof proof);

    /// <summary>
    /// Judges the answer to a conflict probe: an upgrade from 0 for our own fork. Freezes the core and returns our own proof of the same kind when two different trees are both properly signed.
    /// </summary>
    ValueTask<Proof?> CheckConflictAsync(Proof proof);
}
