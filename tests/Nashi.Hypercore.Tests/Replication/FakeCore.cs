using System.Buffers.Binary;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Tests.Replication;

/// <summary>A core without a tree: a block is good when it is what <see cref="ValueOf"/> says, an upgrade when its signature names fork and length.</summary>
internal sealed class FakeCore : IReplicatedCore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<ulong, byte[]> _blocks = [];
    private CoreTip _tip;

    public FakeCore(CoreKey key, ReplicationOptions? options = null, TimeProvider? clock = null, IRandom? random = null)
    {
        Key = key;
        DiscoveryKey = key.ToDiscoveryKey();
        Replicator = new Replicator(this, options, clock, random);
    }

    public Replicator Replicator { get; }

    public CoreKey Key { get; }

    public DiscoveryKey DiscoveryKey { get; }

    public CoreTip Tip
    {
        get
        {
            lock (_gate) return _tip;
        }
    }

    public ulong ContiguousLength => FindFirst(false, 0);

    public Manifest? Manifest { get; set; } = Manifest.ForKey(new PublicKey(default(Bytes32)));

    public bool IsCompat => false;

    public bool IsWritable => true;

    public bool IsFrozen { get; set; }

    public ulong RemoteContiguousLength { get; set; }

    /// <summary>Gives wrong values to whoever asks.</summary>
    public bool Lies { get; set; }

    /// <summary>Answers nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>Grows by as much before each proof of an upgrade, and tells nobody: as a core does between a commit and its news.</summary>
    public int GrowsUntold { get; set; }

    public int ProofsGiven { get; private set; }

    public int Stored { get; private set; }

    public int Doubles { get; private set; }

    public int WriteFailures { get; set; }

    public static CoreKey NewKey(int seed)
    {
        var bytes = new byte[32];
        ((IRandom)new SeededRandom((ulong)seed)).Fill(bytes);
        return new(bytes);
    }

    public static byte[] ValueOf(ulong fork, ulong index)
    {
        var value = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(value, fork);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(8), index + 1);
        return value;
    }

    public void Append(int count)
    {
        CoreTip before, after;
        lock (_gate)
        {
            before = _tip;
            for (var i = 0; i < count; i++) _blocks[_tip.Length + (ulong)i] = ValueOf(_tip.Fork, _tip.Length + (ulong)i);
            after = _tip = _tip with { Length = before.Length + (ulong)count };
        }

        Replicator.OnUpgraded(before, after);
        Replicator.OnBlocksChanged(before.Length, (ulong)count, true);
    }

    public void Clear(ulong start, ulong count)
    {
        lock (_gate)
        {
            for (var i = start; i < start + count; i++) _ = _blocks.Remove(i);
        }

        Replicator.OnBlocksChanged(start, count, false);
    }

    public void Truncate(ulong length)
    {
        CoreTip after;
        lock (_gate)
        {
            foreach (var index in _blocks.Keys.Where(i => i >= length).ToArray()) _ = _blocks.Remove(index);
            after = _tip = new(_tip.Fork + 1, length, 0);
        }

        Replicator.OnTruncated(length, after);
    }

    public bool Has(ulong index)
    {
        lock (_gate) return _blocks.ContainsKey(index);
    }

    public ulong FindFirst(bool held, ulong start)
    {
        lock (_gate)
        {
            if (held) return _blocks.Keys.Where(i => i >= start).DefaultIfEmpty(ulong.MaxValue).First();
            while (_blocks.ContainsKey(start)) start++;
            return start;
        }
    }

    public ulong FindLast(bool held, ulong end) => throw new NotSupportedException();

    public bool CopyBits(ulong start, Span<uint> words)
    {
        words.Clear();
        var any = false;
        lock (_gate)
        {
            for (var i = 0; i < words.Length * 32; i++)
            {
                if (!_blocks.ContainsKey(start + (ulong)i)) continue;
                words[i >> 5] |= 1u << (i & 31);
                any = true;
            }
        }

        return any;
    }

    public ValueTask<bool> CanUpgradeAsync(ulong length) => new(length <= Tip.Length);

    public ValueTask<ulong> MissingNodesAsync(ulong treeIndex) => new(3UL);

    public ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding)
    {
        // As if a block had to be held to be located.
        lock (_gate)
        {
            if (bytes >= _tip.Length * 16) return new((SeekResult?)null);
            var block = bytes / 16;
            return _blocks.ContainsKey(block) ? new(new SeekResult(true, block, bytes % 16, 0, 0)) : new(new SeekResult(false, 0, 0, 0, _tip.Length));
        }
    }

    public async ValueTask<ProofReply> CreateProofAsync(ProofRequest request)
    {
        if (IsSilent) await Task.Delay(Timeout.Infinite);
        lock (_gate)
        {
            ProofsGiven++;
            var proof = new Proof { Fork = _tip.Fork, Manifest = request.Manifest ? Manifest : null };
            if (request.Block is { } block)
            {
                if (!_blocks.TryGetValue(block.Index, out var value)) return ProofReply.Refused(ProofRefusal.NotAvailable);
                proof = proof with { Block = new(block.Index, Lies ? new byte[16] : value, default) };
            }

            if (request.Hash is { } hash)
            {
                if (hash.Index >= 2 * _tip.Length) return ProofReply.Refused(ProofRefusal.InvalidRequest);
                proof = proof with { Hash = new(hash.Index, new[] { new TreeNode(hash.Index, 16, default) }) };
            }

            if (request.Seek is { } seek) proof = proof with { Seek = new(seek.Bytes, default) };
            if (request.Upgrade is not { } upgrade) return new(proof, ProofRefusal.None);
            if (upgrade.Start + upgrade.Length > _tip.Length) return ProofReply.Refused(ProofRefusal.InvalidRequest);
            _tip = _tip with { Length = _tip.Length + (ulong)GrowsUntold };
            TreeNode[] additional = GrowsUntold > 0 ? [new(2 * (_tip.Length - 1), 16, default)] : [];
            return new(proof with { Upgrade = new(upgrade.Start, upgrade.Length, default, additional, Lies ? new byte[16] : ValueOf(_tip.Fork, upgrade.Start + upgrade.Length)) }, ProofRefusal.None);
        }
    }

    public async ValueTask<VerifyOutcome> VerifyAndStoreAsync(Proof proof)
    {
        await Task.Yield();
        var outcome = Store(proof, out var before, out var after);
        if (outcome.Upgraded) Replicator.OnUpgraded(before, after);
        if (outcome.BlockIndex is { } block) Replicator.OnBlocksChanged(block, 1, true);
        return outcome;
    }

    public ValueTask<(IReorg? Reorg, ProofRefusal Refusal)> BeginReorgAsync(Proof proof)
    {
        if (proof.Upgrade is not { Start: 0 } upgrade || !upgrade.Signature.Span.SequenceEqual(ValueOf(proof.Fork, upgrade.Length))) return new((null, ProofRefusal.InvalidSignature));
        return new((new FakeReorg(this, proof.Fork, upgrade.Length), ProofRefusal.None));
    }

    public ValueTask<Proof?> CheckConflictAsync(Proof proof) => default;

    private VerifyOutcome Store(Proof proof, out CoreTip before, out CoreTip after)
    {
        lock (_gate)
        {
            before = after = _tip;
            if (proof.Fork != _tip.Fork) return VerifyOutcome.Refused(ProofRefusal.WrongFork);
            if (WriteFailures > 0)
            {
                WriteFailures--;
                return VerifyOutcome.Refused(ProofRefusal.WriteFailed);
            }

            var tip = _tip;
            if (proof.Upgrade is { } upgrade)
            {
                if (upgrade.Start != tip.Length) return VerifyOutcome.Refused(ProofRefusal.OutOfDate);
                if (!upgrade.Signature.Span.SequenceEqual(ValueOf(proof.Fork, upgrade.Start + upgrade.Length))) return VerifyOutcome.Refused(ProofRefusal.InvalidSignature);
                tip = tip with { Length = upgrade.Start + upgrade.Length };
            }

            if (proof.Block is { } block)
            {
                if (block.Index >= tip.Length || !block.Value!.Value.Span[8..].SequenceEqual(ValueOf(tip.Fork, block.Index).AsSpan(8))) return VerifyOutcome.Refused(ProofRefusal.InvalidChecksum);
                if (!_blocks.TryAdd(block.Index, block.Value.Value.ToArray())) Doubles++;
                Stored++;
            }

            // A seek's answer lets the fake find its block.
            if (proof.Seek is { } seek) _blocks[seek.Bytes / 16] = ValueOf(tip.Fork, seek.Bytes / 16);
            Manifest ??= proof.Manifest;
            after = _tip = tip;
            return new(ProofRefusal.None, proof.Upgrade is not null, proof.Block?.Index);
        }
    }

    private sealed class FakeReorg(FakeCore core, ulong fork, ulong length) : IReorg
    {
        public ulong Fork { get; } = fork;

        public ulong Length { get; } = length;

        public ulong Ancestors { get; } = Math.Min(length, core.Tip.Length) / 2;

        // One question is asked before it is sure.
        public ReorgWant? Want { get; private set; } = new(0, length, 1);

        public ValueTask<VerifyOutcome> UpdateAsync(Proof proof)
        {
            if (proof.Hash is null) return new(VerifyOutcome.Refused(ProofRefusal.InvalidProof));
            Want = null;
            return new(default(VerifyOutcome));
        }

        public ValueTask<VerifyOutcome> CommitAsync()
        {
            lock (core._gate)
            {
                foreach (var index in core._blocks.Keys.Where(i => i >= Ancestors).ToArray()) _ = core._blocks.Remove(index);
                core._tip = new(Fork, Length, 0);
            }

            core.Replicator.OnTruncated(Ancestors, core.Tip);
            return new(new VerifyOutcome(ProofRefusal.None, true));
        }
    }
}
