using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <content>A relay's stream: packets pass through, only their stream id is changed. Spec: network.md §1.10.</content>
public sealed partial class UdxStream
{
    // One side of a relay is always there first; what it says meanwhile would cost it a second of waiting.
    private const int EarlyMax = 64;

    private Func<int, bool>? _admits;

    /// <summary>Forwards what arrives for this stream to the remote of another, and nothing else: the stream is a relay's from now on.</summary>
    /// <param name="other">Through which it goes on.</param>
    /// <param name="admits">Asked with the length of each packet, on the socket's thread; false drops it.</param>
    public void RelayTo(UdxStream other, Func<int, bool>? admits = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        _admits = admits;
        _relay = other;
    }

    private void Forward(UdxStream other, Span<byte> packet)
    {
        if (_admits is null || _admits(packet.Length)) other.SendRelayed(packet);
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
