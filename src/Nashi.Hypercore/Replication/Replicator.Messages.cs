using System.Buffers;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Replication.Protocol;

namespace Nashi.Hypercore.Replication;

/// <summary>What peers say, and what we say to them.</summary>
internal sealed partial class Replicator : IReplicationOutput
{
    private const int MaxSmallMessage = 128;

    public bool HandleSync(CoreChannel channel, in SyncMessage message)
    {
        lock (_gate)
        {
            _engine.HandleSync(channel.Peer!, message, Now);
            FlushNow();
        }

        return true;
    }

    public bool HandleRange(CoreChannel channel, in RangeMessage message)
    {
        lock (_gate)
        {
            _engine.HandleRange(channel.Peer!, message, out var contiguous);
            if (contiguous > Core.RemoteContiguousLength) Core.RemoteContiguousLength = contiguous;
            FlushNow();
        }

        return true;
    }

    public bool HandleBitfield(CoreChannel channel, in BitfieldMessage message)
    {
        lock (_gate)
        {
            _engine.HandleBitfield(channel.Peer!, message);
            FlushNow();
        }

        return true;
    }

    public bool HandleWant(CoreChannel channel, in WantMessage message)
    {
        lock (_gate) _engine.HandleWant(channel.Peer!, message);
        return true;
    }

    public bool HandleUnwant(CoreChannel channel, in WantMessage message)
    {
        lock (_gate) channel.Peer!.Wants.Remove(message);
        return true;
    }

    public bool HandleNoData(CoreChannel channel, in NoDataMessage message)
    {
        lock (_gate)
        {
            _engine.HandleNoData(channel.Peer!, message, Now);
            FlushNow();
        }

        return true;
    }

    /// <summary>Call before an answer that takes the peer to this length of ours.</summary>
    public void TellAhead(CoreChannel channel, ulong fork, ulong length)
    {
        lock (_gate)
        {
            if (channel.Peer is { } peer) _engine.TellAhead(peer, fork, length);
        }
    }

    public void HandleDrain(CoreChannel channel)
    {
        lock (_gate)
        {
            if (channel.Peer is not null) _engine.HandleDrain(channel.Peer);
            FlushNow();
        }
    }

    void IReplicationOutput.SendSync(RemotePeer peer, in SyncMessage message)
    {
        Span<byte> buffer = stackalloc byte[MaxSmallMessage];
        var writer = new CompactWriter(buffer);
        message.Write(ref writer);
        Send(peer, WireType.Sync, buffer[..writer.Written]);
    }

    void IReplicationOutput.SendRequest(Request request)
    {
        // On our own fork the path to ask for depends on what of the tree we have.
        if (request.Block is not { } block || request.Reorg is not null || block >= Core.Tip.Length)
        {
            Send(request, 0);
            return;
        }

        if (request.SharedNodes is { } shared)
        {
            Send(request, shared);
            return;
        }

        var missing = Core.MissingNodesAsync(FlatTree.Leaf(block));
        if (missing.IsCompletedSuccessfully) Send(request, missing.Result);
        else _ = SendLaterAsync(request, missing);
    }

    void IReplicationOutput.SendCancel(Request request)
    {
        Span<byte> buffer = stackalloc byte[MaxSmallMessage];
        var writer = new CompactWriter(buffer);
        new CancelMessage(request.Id).Write(ref writer);
        Send(request.Peer, WireType.Cancel, buffer[..writer.Written]);
    }

    void IReplicationOutput.SendProbe(RemotePeer peer, ulong fork, ulong length)
    {
        Span<byte> buffer = stackalloc byte[MaxSmallMessage];
        var writer = new CompactWriter(buffer);
        RequestMessage.Write(ref writer, 0, fork, null, null, null, new UpgradeRequest(0, length), manifest: false, 0);
        Send(peer, WireType.Request, buffer[..writer.Written]);
    }

    void IReplicationOutput.SendWant(RemotePeer peer, in WantMessage message, bool isWanted)
    {
        Span<byte> buffer = stackalloc byte[MaxSmallMessage];
        var writer = new CompactWriter(buffer);
        message.Write(ref writer);
        Send(peer, isWanted ? WireType.Want : WireType.Unwant, buffer[..writer.Written]);
    }

    void IReplicationOutput.SendRange(RemotePeer peer, in RangeMessage message)
    {
        Span<byte> buffer = stackalloc byte[MaxSmallMessage];
        var writer = new CompactWriter(buffer);
        message.Write(ref writer);
        Send(peer, WireType.Range, buffer[..writer.Written]);
    }

    void IReplicationOutput.SendBitfield(RemotePeer peer, ulong start, ReadOnlySpan<uint> words)
    {
        var size = 32 + (words.Length * sizeof(uint));
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        var writer = new CompactWriter(buffer);
        BitfieldMessage.Write(ref writer, start, words);
        Send(peer, WireType.Bitfield, buffer.AsSpan(0, writer.Written));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    void IReplicationOutput.CloseIdle(RemotePeer peer) => ChannelOf(peer).Channel?.Close();

    void IReplicationOutput.Expel(RemotePeer peer, ReplicationFault fault) => Expel(ChannelOf(peer), fault);

    void IReplicationOutput.AskCanUpgrade(RemotePeer peer, ulong fork, ulong length) => _ = AskCanUpgradeAsync(peer, fork, length);

    private static CoreChannel ChannelOf(RemotePeer peer) => (CoreChannel)peer.Owner;

    private async Task AskCanUpgradeAsync(RemotePeer peer, ulong fork, ulong length)
    {
        var can = false;
        try
        {
            // Never at once: the engine is in the middle of something.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            can = await Core.CanUpgradeAsync(length).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            Log.Failed(_log, DiscoveryKey, error);
        }

        lock (_gate)
        {
            _engine.HandleCanUpgrade(peer, fork, length, can, Now);
            FlushNow();
        }
    }

    private async Task SendLaterAsync(Request request, ValueTask<ulong> missing)
    {
        try
        {
            var nodes = await missing.ConfigureAwait(false);
            lock (_gate)
            {
                if (request.State == RequestState.UnderWay && !request.Peer.IsGone) Send(request, nodes);
            }
        }
        catch (Exception error)
        {
            Fail(ChannelOf(request.Peer), error);
        }
    }

    private static void Send(Request request, ulong nodes)
    {
        Span<byte> buffer = stackalloc byte[MaxSmallMessage];
        var writer = new CompactWriter(buffer);
        RequestMessage.Write(
            ref writer, request.Id, request.Fork,
            request.Block is { } block ? new BlockRequest(block, nodes) : null,
            request.Hash is { } hash ? new HashRequest(hash, request.HashNodes ?? 0) : null,
            request.Seek is { } seek ? new SeekRequest(seek.Bytes, seek.Padding) : null,
            request.Upgrade, request.Manifest, request.Priority);
        Send(request.Peer, WireType.Request, buffer[..writer.Written]);
    }

    private static void Send(RemotePeer peer, int type, ReadOnlySpan<byte> payload)
    {
        var channel = ChannelOf(peer);
        // Marked first: the channel may drain before we come back, and then waits for our lock.
        if (channel.Channel is { } open && !open.Send(type, payload)) peer.IsClogged = true;
    }
}
