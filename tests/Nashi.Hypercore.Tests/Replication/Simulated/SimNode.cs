using System.Buffers;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.Seam;
using Nashi.Hypercore.State;
using Nashi.Storage;

namespace Nashi.Hypercore.Tests.Replication.Simulated;

/// <summary>A real core in memory with a real engine; the shell between is simulated.</summary>
internal sealed class SimNode : ICoreReplicator, IReplicationOutput
{
    private readonly SimWorld _world;
    private readonly HashSet<ulong> _wantedBlocks = [];
    private readonly List<(ulong Start, ulong? End)> _wantedRanges = [];
    private bool _isTimerSet;

    public SimNode(SimWorld world, CoreKey? key, CoreOptions options)
    {
        _world = world;
        State = CoreState.Open(CorestoreStorage.CreateInMemory(), new CoreIdentity { Key = key }, options, core =>
        {
            Engine = new ReplicationEngine(new LocalCore(core), this, ReplicationOptions.Default, world.Random);
            return this;
        });
        Core = State.OpenSession(options);
    }

    public CoreState State { get; }

    public Core Core { get; }

    public ReplicationEngine Engine { get; private set; } = null!;

    /// <summary>What went wrong that must not.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Peers that were sent away.</summary>
    public int Expelled { get; private set; }

    /// <summary>Blocks in the order in which they were asked for.</summary>
    public List<ulong> Requested { get; } = [];

    /// <summary>Called when a connection ends.</summary>
    public Action<SimEnd>? Closed { get; set; }

    public int PeerCount => Engine.Peers.Count;

    public bool IsWanted(ulong block) => _wantedBlocks.Contains(block) || _wantedRanges.Exists(range => block >= range.Start && block < (range.End ?? ulong.MaxValue));

    public void WantBlock(ulong block)
    {
        _ = _wantedBlocks.Add(block);
        _ = Engine.AddBlock(block, mayGiveUp: false, _world.Now);
        Flush();
    }

    public void WantRange(ulong start, ulong? end, bool linear, int priority = 0)
    {
        _wantedRanges.Add((start, end));
        _ = Engine.AddRange(start, end, linear, priority);
        Flush();
    }

    public void Open(SimEnd end)
    {
        Engine.HandleOpening();
        end.Tell(other =>
        {
            other.Peer = other.Node.Engine.AddPeer(other, seeks: true, _world.Now);
            other.Node.Flush();
        });
    }

    public void HandleClosed(SimEnd end)
    {
        if (end.Peer is { } peer) Engine.RemovePeer(peer, _world.Now);
        else Engine.HandleNotOpened(_world.Now);
        Flush();
        Closed?.Invoke(end);
    }

    /// <summary>After anything that the engine heard.</summary>
    public void Flush()
    {
        if (Engine.IsDirty) Engine.Flush(_world.Now);
        if (_isTimerSet || Engine.NextTimeout is not { } due) return;
        _isTimerSet = true;
        _world.After(due, () =>
        {
            _isTimerSet = false;
            Engine.HandleTimeout(_world.Now);
            Flush();
        });
    }

    public void OnUpgraded(CoreTip before, CoreTip after) => Engine.HandleUpgraded(_world.Now);

    public void OnTruncated(ulong newLength, CoreTip after)
    {
        Engine.HandleTruncated(newLength, _world.Now);
        // What was here already and is gone is wanted anew.
        _world.After(TimeSpan.FromMilliseconds(1), () =>
        {
            foreach (var block in _wantedBlocks.Where(block => block >= newLength && !State.Has(block))) _ = Engine.AddBlock(block, mayGiveUp: false, _world.Now);
            foreach (var (start, end) in _wantedRanges.Where(range => range.End > newLength)) _ = Engine.AddRange(start, end, isLinear: false);
            Flush();
        });
    }

    public void OnBlocksChanged(ulong start, ulong count, bool held) => Engine.HandleBlocks(start, count, held);

    public void OnManifest() => Engine.HandleManifest();

    public void OnClosing() => Engine.Close();

    public ValueTask<bool> FetchBlockAsync(ulong index, bool mayGiveUp, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody reads here.");

    public ValueTask<bool> UpdateAsync(bool wait, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody reads here.");

    public ValueTask<SeekResult?> SeekAsync(ulong bytes, ulong padding, CancellationToken cancellationToken) => throw new InvalidOperationException("Nobody reads here.");

    public ICoreDownload Download(ulong start, ulong? end, bool linear, int priority = 0) => throw new InvalidOperationException("Nobody reads here.");

    public ValueTask DisposeAsync() => default;

    void IReplicationOutput.SendSync(RemotePeer peer, in SyncMessage message)
    {
        var copy = message;
        EndOf(peer).Tell(end => end.Node.Hear(end, to => end.Node.Engine.HandleSync(to, copy, _world.Now)));
    }

    void IReplicationOutput.SendRequest(Request request)
    {
        if (request.Block is { } block)
        {
            Requested.Add(block);
            if (!IsWanted(block)) Faults.Add($"block {block} was asked for, and nobody wants it");
        }

        _world.After(TimeSpan.Zero, () => SendAsync(request));
    }

    void IReplicationOutput.SendCancel(Request request)
    {
        var id = request.Id;
        EndOf(request.Peer).Send([0], mayBeDamaged: false, (end, message) =>
        {
            end.Cancelled.Add(id);
            return default;
        });
    }

    void IReplicationOutput.SendProbe(RemotePeer peer, ulong fork, ulong length) =>
        SendRequest(EndOf(peer), new RequestMessage(0, fork, new ProofRequest { Upgrade = new UpgradeRequest(0, length) }, 0));

    void IReplicationOutput.SendWant(RemotePeer peer, in WantMessage message, bool isWanted)
    {
        var copy = message;
        EndOf(peer).Tell(end => end.Node.Hear(end, to =>
        {
            if (isWanted) end.Node.Engine.HandleWant(to, copy);
            else to.Wants.Remove(copy);
        }));
    }

    void IReplicationOutput.SendRange(RemotePeer peer, in RangeMessage message)
    {
        var copy = message;
        EndOf(peer).Tell(end => end.Node.Hear(end, to => end.Node.Engine.HandleRange(to, copy, out _)));
    }

    void IReplicationOutput.SendBitfield(RemotePeer peer, ulong start, ReadOnlySpan<uint> words)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        BitfieldMessage.Write(ref writer, start, words);
        var bytes = output.WrittenSpan.ToArray();
        EndOf(peer).Tell(end => end.Node.Hear(end, to =>
        {
            Assert.True(BitfieldMessage.TryDecode(bytes, out var message));
            end.Node.Engine.HandleBitfield(to, message);
        }));
    }

    void IReplicationOutput.AskCanUpgrade(RemotePeer peer, ulong fork, ulong length) => _world.After(_world.Within(TimeSpan.FromMilliseconds(5)), async () =>
    {
        var can = await State.CanUpgradeAsync(length);
        Engine.HandleCanUpgrade(peer, fork, length, can, _world.Now);
        Flush();
    });

    void IReplicationOutput.BlockDone(BlockDemand demand, bool isStored)
    {
    }

    void IReplicationOutput.RangeDone(RangeDemand demand, bool isComplete)
    {
    }

    void IReplicationOutput.SeekDone(SeekDemand demand, bool isAnswered)
    {
    }

    void IReplicationOutput.UpgradeDone(UpgradeDemand demand, bool isUpgraded)
    {
    }

    void IReplicationOutput.CloseIdle(RemotePeer peer) => _world.After(TimeSpan.Zero, EndOf(peer).Close);

    void IReplicationOutput.Expel(RemotePeer peer, ReplicationFault fault)
    {
        Expelled++;
        _world.After(TimeSpan.Zero, EndOf(peer).Close);
    }

    private static SimEnd EndOf(RemotePeer peer) => (SimEnd)peer.Owner;

    // Nothing is said before the channel is open, and nothing heard after it closed.
    private void Hear(SimEnd end, Action<RemotePeer> handle)
    {
        if (end.Peer is not { IsGone: false } peer) return;
        handle(peer);
        Flush();
    }

    private async ValueTask SendAsync(Request request)
    {
        if (request.State != RequestState.UnderWay || request.Peer.IsGone) return;
        var nodes = request.SharedNodes ?? 0;
        if (request.Block is { } wanted && request.Reorg is null && request.SharedNodes is null && wanted < State.Tip.Length) nodes = await State.MissingNodesAsync(FlatTree.Leaf(wanted));
        SendRequest(EndOf(request.Peer), new RequestMessage(
            request.Id,
            request.Fork,
            new ProofRequest
            {
                Block = request.Block is { } block ? new BlockRequest(block, nodes) : null,
                Hash = request.Hash is { } hash ? new HashRequest(hash, request.HashNodes ?? 0) : null,
                Upgrade = request.Upgrade,
                Manifest = request.Manifest,
            },
            request.Priority));
    }

    private static void SendRequest(SimEnd from, RequestMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        message.Write(ref writer);
        from.Send(output.WrittenSpan.ToArray(), mayBeDamaged: false, (end, bytes) =>
        {
            Assert.True(RequestMessage.TryDecode(bytes, out var request));
            end.Node.ServeSoon(end, request);
            return default;
        });
    }

    private void ServeSoon(SimEnd end, RequestMessage request) => _world.After(_world.Within(TimeSpan.FromMilliseconds(20)), async () =>
    {
        if (end.IsClosed || end.Peer is not { } peer || (end.Cancelled.Remove(request.Id) && request.Id != 0)) return;
        var reply = request.Fork == State.Tip.Fork ? await State.CreateProofAsync(request.What) : ProofReply.Refused(ProofRefusal.NotAvailable);
        var output = new ArrayBufferWriter<byte>();
        var writer = new CompactWriter(output);
        if (reply.Proof is { } proof && proof.Fork == request.Fork)
        {
            if (proof.Upgrade is { } upgrade) Engine.TellAhead(peer, proof.Fork, upgrade.SignedLength);
            new DataMessage(request.Id, proof).Write(ref writer);
            end.Send(output.WrittenSpan.ToArray(), mayBeDamaged: true, static (to, bytes) => to.Node.HandleDataAsync(to, bytes));
            return;
        }

        new NoDataMessage(request.Id, NoDataReason.NotAvailable).Write(ref writer);
        end.Send(output.WrittenSpan.ToArray(), mayBeDamaged: false, static (to, bytes) =>
        {
            Assert.True(NoDataMessage.TryDecode(bytes, out var message));
            to.Node.Hear(to, peer => to.Node.Engine.HandleNoData(peer, message, to.Node._world.Now));
            return default;
        });
    });

    private async ValueTask HandleDataAsync(SimEnd end, byte[] bytes)
    {
        if (end.Peer is not { IsGone: false } peer) return;
        if (!DataMessage.TryDecode(bytes, out var message))
        {
            Expelled++;
            end.Close();
            return;
        }

        var use = Engine.HandleData(peer, message.Request, message.Proof, bytes.Length, _world.Now, out var request);
        Flush();
        switch (use)
        {
            case AnswerUse.Verify:
                Engine.HandleVerified(request!, await State.VerifyAndStoreAsync(message.Proof), _world.Now);
                break;
            case AnswerUse.BeginReorg or AnswerUse.UpdateReorg:
                await MoveForkAsync(use, request!, message.Proof);
                break;
            case AnswerUse.CheckConflict:
                if (await State.CheckConflictAsync(message.Proof) is not null) Faults.Add("a conflict, with an honest writer");
                else if (!peer.IsGone) Engine.HandleNoConflict(peer);
                break;
            default:
                break;
        }

        Flush();
    }

    private async ValueTask MoveForkAsync(AnswerUse use, Request request, Proof proof)
    {
        IReorg? reorg = null;
        ProofRefusal refusal;
        if (use == AnswerUse.BeginReorg) (reorg, refusal) = await State.BeginReorgAsync(proof);
        else refusal = (await request.Reorg!.Reorg!.UpdateAsync(proof)).Refusal;
        var isFound = Engine.HandleReorg(request, reorg, refusal, _world.Now);
        Flush();
        if (isFound) Engine.HandleReorgCommitted(await request.Reorg!.Reorg!.CommitAsync(), _world.Now);
    }
}
