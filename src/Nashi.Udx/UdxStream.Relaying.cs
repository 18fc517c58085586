using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <content>A relay's stream: packets pass through, only their stream id is changed. Spec: network.md §1.10.</content>
public sealed partial class UdxStream
{
    // One side of a relay is always there first; what it says meanwhile would cost it a second of waiting.
    private const int EarlyMax = 64;

    /// <summary>Forwards what arrives for this stream to the remote of another, and nothing else: the stream is a relay's from now on.</summary>
    public void RelayTo(UdxStream other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _relay = other;
    }

    private void Forward(UdxStream other, Span<byte> packet)
    {
        other.SendRelayed(packet);
        if (PacketHeader.TryRead(packet, out var header) && header.Has(PacketTypes.Destroy)) Abort();
    }

    private void SendRelayed(Span<byte> packet)
    {
        lock (_gate)
        {
            if (_path is { } path)
            {
                PacketHeader.RewriteStreamId(packet, path.RemoteId);
                _ = path.Socket.TrySend(packet, path.Remote);
                return;
            }

            _early ??= [];
            if (_early.Count < EarlyMax) _early.Add(packet.ToArray());
        }
    }

    private void FlushEarly()
    {
        if (_early is not { } early) return;
        _early = null;
        foreach (var packet in early) SendRelayed(packet);
    }
}
