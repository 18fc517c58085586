namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What the engine wants done. Called while it works: take note, do not call back.</summary>
internal interface IReplicationOutput
{
    void SendSync(RemotePeer peer, in SyncMessage message);

    /// <summary>Looks up how many nodes to ask for, and sends it.</summary>
    void SendRequest(Request request);

    void SendCancel(Request request);

    void SendProbe(RemotePeer peer, ulong fork, ulong length);

    void SendWant(RemotePeer peer, in WantMessage message, bool isWanted);

    void SendRange(RemotePeer peer, in RangeMessage message);

    void SendBitfield(RemotePeer peer, ulong start, ReadOnlySpan<uint> words);

    /// <summary>Asks whether we can extend the peer; the answer goes to <see cref="ReplicationEngine.HandleCanUpgrade"/>.</summary>
    void AskCanUpgrade(RemotePeer peer, ulong fork, ulong length);

    void BlockDone(BlockDemand demand, bool isStored);

    void RangeDone(RangeDemand demand, bool isComplete);

    void SeekDone(SeekDemand demand, bool isAnswered);

    void UpgradeDone(UpgradeDemand demand, bool isUpgraded);

    /// <summary>Both sides have no use for the channel.</summary>
    void CloseIdle(RemotePeer peer);

    /// <summary>The peer broke the rules: end the connection.</summary>
    void Expel(RemotePeer peer, ReplicationFault fault);
}
