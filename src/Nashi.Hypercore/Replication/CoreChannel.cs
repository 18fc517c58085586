using Nashi.Encoding;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Protomux;

namespace Nashi.Hypercore.Replication;

/// <summary>One core on one connection: decodes what arrives, and answers requests.</summary>
internal sealed partial class CoreChannel(Replicator replicator, CoreReplication connection) : IChannelHandler
{
    private string _extension = "";

    public CoreReplication Connection { get; } = connection;

    public Channel? Channel { get; set; }

    /// <summary>Known once both sides opened.</summary>
    public RemotePeer? Peer { get; set; }

    public PublicKey RemotePublicKey => Connection.Mux.Stream.RemotePublicKey;

    public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
    {
        var stream = channel.Mux.Stream;
        var expected = ReplicationHandshake.CapabilityOf(!stream.IsInitiator, replicator.Key, stream.HandshakeHash.Span);
        if (!ReplicationHandshake.TryDecode(handshake, out var theirs)) replicator.Expel(this, ReplicationFault.InvalidMessage);
        else if (theirs.Capability != expected) replicator.Expel(this, ReplicationFault.InvalidCapability);
        else replicator.HandleOpen(this, theirs.Seeks);
    }

    public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
    {
        if (Peer is not null && !TryHandle(type, payload)) replicator.Expel(this, ReplicationFault.InvalidMessage);
        return default;
    }

    public void OnDrain(Channel channel)
    {
        ResumeServing();
        replicator.HandleDrain(this);
    }

    public void OnClose(Channel channel, bool isRemote)
    {
        StopServing();
        replicator.HandleClose(this, isRemote);
    }

    private bool TryHandle(int type, ReadOnlyMemory<byte> payload)
    {
        var bytes = payload.Span;
        switch (type)
        {
            case WireType.Data:
                return replicator.TryHandleData(this, payload);
            case WireType.Request:
                return RequestMessage.TryDecode(bytes, out var request) && TryServe(request);
            case WireType.Cancel:
                return CancelMessage.TryDecode(bytes, out var cancel) && TryCancel(cancel.Request);
            case WireType.Sync:
                return SyncMessage.TryDecode(bytes, out var sync) && replicator.HandleSync(this, sync);
            case WireType.NoData:
                return NoDataMessage.TryDecode(bytes, out var noData) && replicator.HandleNoData(this, noData);
            case WireType.Want:
                return WantMessage.TryDecode(bytes, out var want) && replicator.HandleWant(this, want);
            case WireType.Unwant:
                return WantMessage.TryDecode(bytes, out var unwant) && replicator.HandleUnwant(this, unwant);
            case WireType.Bitfield:
                return BitfieldMessage.TryDecode(bytes, out var bitfield) && replicator.HandleBitfield(this, bitfield);
            case WireType.Range:
                return RangeMessage.TryDecode(bytes, out var range) && replicator.HandleRange(this, range);
            case WireType.Extension:
                return TryReceiveExtension(payload);
            default:
                // What newer peers may send.
                return true;
        }
    }

    // No name stands for the one before.
    private bool TryReceiveExtension(ReadOnlyMemory<byte> payload)
    {
        if (!ExtensionMessage.TryDecode(payload.Span, out var message)) return false;
        if (message.Name.Length > 0) _extension = message.Name;
        replicator.ReceiveExtension(this, _extension, payload[^message.Body.Length..]);
        return true;
    }
}
