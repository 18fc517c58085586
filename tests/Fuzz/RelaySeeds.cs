using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay;
using Nashi.TcpRelay.Protocol;

namespace Nashi.Fuzz;

/// <summary>What clients and relays say to each other by TLS; and the relay's side, with nothing behind it.</summary>
internal static class RelaySeeds
{
    public const string Link = "text:nashi-relay://yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo@relay.example.org:443?secret=yryk5fgmfbcx9zqhhr8bp5rqsnqkx5eoptpcyf9qjhxx7bbp4kdo";

    public static string[] Frames { get; } = [Conversation(), "hex:000507010010" + "01", "hex:000504000BC3BF", "hex:00020902"];

    public static string[] Bodies { get; } = ["hex:00070401020304123461", "hex:000706200102030405060708090A0B0C0D0E0F123461", "hex:01", "hex:01001000"];

    public static bool Session(byte[] bytes)
    {
        var host = new Host();
        var now = Instant.FromMilliseconds(1000);
        var core = new SessionCore(new SessionLimits { MaxChannels = 4, HelloTimeout = TimeSpan.FromSeconds(10), IdleTimeout = TimeSpan.FromMinutes(5) }, host, now);
        ReadOnlySpan<byte> rest = bytes;
        var isBroken = false;
        while (host.Reason is null && Frame.TryTake(ref rest, out var frame, out isBroken)) core.HandleFrame(frame, now += TimeSpan.FromMilliseconds(1));
        _ = core.HandleDatagram(bytes, UdpAddress.FromIPv4(0x14000001, 4000), now);
        core.HandleTimeout(now + TimeSpan.FromMinutes(6));
        if (core.ChannelCount > 4) throw new InvalidOperationException("More channels than allowed.");
        return !isBroken && core.IsWelcome;
    }

    public static bool Datagram(byte[] bytes)
    {
        if (!DatagramFrame.TryRead(bytes, out var datagram)) return false;
        var buffer = new FrameBuffer(8192);
        if (!buffer.TryAddDatagrams(datagram.Channel, datagram.Address, datagram.Payload, datagram.Payload.Length, out _)) return false;
        return buffer.Take().Span[Frame.HeaderSize..].SequenceEqual(bytes) ? true : throw new InvalidOperationException("Written anew it is another.");
    }

    public static bool ReadLink(string text) => TcpRelayLink.TryParse(text, out var link) && TcpRelayLink.Parse(link.ToLink()) == link;

    private static string Conversation()
    {
        var buffer = new FrameBuffer(8192);
        buffer.TryAdd(FrameKind.Hello, HelloFrame.Make(new Bytes32(new byte[32])), out _);
        buffer.TryAdd(FrameKind.Open, ChannelFrame.Make(1), out _);
        buffer.TryAddDatagrams(1, UdpAddress.FromIPv4(0x14000001, 4000), new byte[] { 0 }, 1, out _);
        buffer.TryAddDatagrams(1, UdpAddress.FromIPv4(0x14000002, 4000), new byte[] { 0x03, 1, 2, 3 }, 4, out _);
        buffer.TryAdd(FrameKind.Ping, [], out _);
        buffer.TryAdd(FrameKind.Close, ChannelFrame.Make(1), out _);
        return "hex:" + Convert.ToHexString(buffer.Take().Span);
    }

    private sealed class Host : ISessionHost
    {
        public TcpRelayEnd? Reason { get; private set; }

        public TcpRelayEnd? Refuse(Bytes32 secret) => null;

        public void SendFrame(FrameKind kind, ReadOnlySpan<byte> body)
        {
        }

        public int? OpenPort(ushort channel) => 50_000;

        public void ClosePort(ushort channel)
        {
        }

        public void SendDatagram(ushort channel, ReadOnlySpan<byte> payload, UdpAddress to)
        {
        }

        public void CountDropped(Verdict verdict)
        {
        }

        public void End(TcpRelayEnd reason) => Reason = reason;
    }
}
