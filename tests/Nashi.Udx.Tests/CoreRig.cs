using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>One core with a clock turned by hand; its packets are looked at instead of sent.</summary>
internal sealed class CoreRig : IUdxSink
{
    private readonly byte[] _packet = new byte[1500];

    public CoreRig(UdxStreamOptions? options = null, uint remoteId = 1, bool reads = true)
    {
        Reads = reads;
        Core = new UdxCore(options ?? UdxStreamOptions.Default, this);
        Core.Connect(remoteId, isIPv6: false);
    }

    public UdxCore Core { get; }

    public bool Reads { get; set; }

    public long Now { get; set; } = 1_000_000;

    public long Received { get; private set; }

    public bool GotEnd { get; private set; }

    public List<byte[]> Messages { get; } = [];

    public static byte[] Packet(PacketTypes types, uint sequence, uint ack, int payload = 0, uint window = 4 << 20)
    {
        var packet = new byte[PacketHeader.Size + payload];
        new PacketHeader(types, 0, 7, window, sequence, ack).Write(packet);
        return packet;
    }

    public static PacketHeader Read(byte[] packet)
    {
        Assert.True(PacketHeader.TryRead(packet, out var header));
        return header;
    }

    public void OnData(ReadOnlySpan<byte> bytes) => Received += bytes.Length;

    public void OnEnd() => GotEnd = true;

    public void OnMessage(ReadOnlySpan<byte> message) => Messages.Add(message.ToArray());

    /// <summary>Everything that the core wants to send now.</summary>
    public List<byte[]> Drain()
    {
        var packets = new List<byte[]>();
        int length;
        while ((length = Core.PollTransmit(_packet, new Instant(Now))) > 0) packets.Add(_packet.AsSpan(0, length).ToArray());
        Core.CheckZeroWindow(new Instant(Now));
        return packets;
    }

    public List<byte[]> Give(byte[] packet)
    {
        var before = Received;
        Core.HandlePacket(packet, new Instant(Now));
        if (Reads && Received > before) Core.HandleRead(Received - before);
        return Drain();
    }

    /// <summary>Moves the clock to the next deadline.</summary>
    public List<byte[]> Elapse()
    {
        Now = Math.Max(Now, Core.NextTimeout!.Value.Microseconds);
        Core.HandleTimeout(new Instant(Now));
        return Drain();
    }

    /// <summary>Moves the clock on, stopping at each deadline.</summary>
    public List<byte[]> Elapse(TimeSpan time)
    {
        var until = Now + (long)time.TotalMicroseconds;
        var packets = new List<byte[]>();
        while (Core.NextTimeout is { } next && next.Microseconds <= until) packets.AddRange(Elapse());
        Now = until;
        return packets;
    }
}
