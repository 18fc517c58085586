using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Protocol;
using Nashi.Dht.Rpc;

namespace Nashi.Fuzz;

/// <summary>A whole DHT node, and a punch's sealed messages, fed with what a stranger sends. Each input is for a fresh one, always the same.</summary>
internal sealed class NodeUnderAttack : IDhtEvents
{
    private static readonly UdpAddress Known = UdpAddress.FromIPv4(0x2d000001, 49737);
    private static readonly SecurePayload Punch = new(Enumerable.Repeat((byte)3, 64).ToArray(), SystemRandom.Instance);

    private readonly List<InboundRequest> _requests = [];

    ulong IDhtEvents.UnixMilliseconds => 1_800_000_000_000;

    /// <summary>The input as one datagram, then as a row of datagrams with a length before each; from the node that it asks and from a stranger.</summary>
    public static bool Feed(byte[] bytes)
    {
        var node = new NodeUnderAttack();
        var now = Instant.FromMilliseconds(1000);
        var options = new DhtCoreOptions
        {
            ClientSocket = "client", ServerSocket = "server", ServerAddress = UdpAddress.FromIPv4(0x2d000002, 49737), Bootstrap = [Known], IsEphemeral = false, IsFirewalled = false,
        };
        var core = new DhtCore(options, node, new SeededRandom(1), now);
        core.Start(now);
        core.Receive("client", bytes, Known, now);
        core.Receive("server", bytes, UdpAddress.FromIPv4(0x2d000003, 7), now);
        for (var at = 0; at < bytes.Length;)
        {
            var length = Math.Min(bytes[at] * 4, bytes.Length - at - 1);
            core.Receive(bytes[at] % 2 == 0 ? "client" : "server", bytes.AsSpan(at + 1, length), Known, now);
            at += 1 + length;
        }

        core.HandleTimeout(now + TimeSpan.FromSeconds(6));
        return core.Rpc.Counters.Malformed == 0;
    }

    /// <summary>What came sealed, as if we had sealed it; and as it is.</summary>
    public static bool Open(byte[] bytes) =>
        Punch.TryOpen(bytes) is not null || (PunchPayload.TryDecode(bytes) is { } payload && Punch.TryOpen(Punch.Seal(payload)) is not null);

    void IDatagramSink.Send(object socket, ReadOnlySpan<byte> datagram, UdpAddress to)
    {
    }

    void IDhtEvents.PeerRequested(InboundRequest request) => _requests.Add(request);

    void IDhtEvents.Bootstrapped()
    {
    }

    void IDhtEvents.StandingChanged()
    {
    }
}
