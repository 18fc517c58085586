using System.Buffers.Binary;
using System.Diagnostics;
using Nashi.Datagrams;
using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>threats.md rows 2 and 3: a remote that lies, and strangers that guess.</summary>
public sealed class AbuseTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly UdpAddress Loopback = UdpAddress.FromIPv4(0x7f000001, 0);

    [Fact]
    public void Row02_AcksOfWhatWasNeverSent_AreCountedAndChangeNothing()
    {
        var rig = new CoreRig();
        rig.Core.Write(new byte[100_000]);
        var sent = rig.Drain().Count;
        var before = rig.Core.GetStats();
        foreach (var ack in new uint[] { (uint)sent + 1, 1000, int.MaxValue, 1u << 31, (1u << 31) + 1, uint.MaxValue - 5 })
            Assert.Empty(rig.Give(CoreRig.Packet(PacketTypes.None, 0, ack)));
        Assert.Equal(before with { Invalid = 0, PacketsReceived = 0 }, rig.Core.GetStats() with { Invalid = 0, PacketsReceived = 0 });
        Assert.Null(rig.Core.CloseReason);
    }

    // Found by fuzzing: start, end and next half a circle apart are in order pair by pair, and the walk from start to end took minutes and spoilt the ring.
    [Theory]
    [InlineData(0x03006300u, 0x807fff00u)]
    [InlineData(0u, 0x80000000u)]
    [InlineData(1u, 0xffffffffu)]
    [InlineData(0x7fffffffu, 0x80000001u)]
    [InlineData(2u, 1u)]
    [InlineData(0u, 4u)]
    public void Row02_SackRangesThatWrap_AreRefusedAtOnce(uint start, uint end)
    {
        var rig = new CoreRig();
        rig.Core.Write(new byte[3000]);
        Assert.Equal(3, rig.Drain().Count);
        var packet = CoreRig.Packet(PacketTypes.Sack, 0, 0, payload: 8);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(PacketHeader.Size), start);
        BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(PacketHeader.Size + 4), end);
        var invalid = rig.Core.GetStats().Invalid;
        rig.Give(packet);
        Assert.Equal(invalid + 1, rig.Core.GetStats().Invalid);
        rig.Give(CoreRig.Packet(PacketTypes.None, 0, 3));
        Assert.Equal(0, rig.Core.GetStats().InFlight);
    }

    [Fact]
    public void Row02_WindowShutForADay_CostsAHeartbeatNowAndThenAndNoMoreMemory()
    {
        var rig = new CoreRig();
        rig.Core.Write(new byte[1000]);
        rig.Drain();
        rig.Give(CoreRig.Packet(PacketTypes.None, 0, 1, window: 0));
        rig.Core.Write(new byte[3000]);
        rig.Drain();
        var packets = 0;
        for (var minute = 0; minute < 24 * 60; minute++)
        {
            var probes = rig.Elapse(TimeSpan.FromSeconds(20));
            Assert.All(probes, probe => Assert.Equal(PacketHeader.Size, probe.Length));
            packets += probes.Count;
            rig.Give(CoreRig.Packet(PacketTypes.None, 0, 1, window: 0));
        }

        Assert.Null(rig.Core.CloseReason);
        Assert.InRange(packets, 24 * 60, 24 * 60 * 21);
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(1_000_000u)]
    [InlineData(0x7fff0000u)]
    public void Row02_OptimisticAcks_GainNoMoreThanWhatWasSent(uint ahead)
    {
        // One acknowledges what it got; the other, besides, what it was never sent. Both are sent the same at the same time.
        var (honest, greedy) = (new CoreRig(), new CoreRig());
        honest.Core.Write(new byte[5_000_000]);
        greedy.Core.Write(new byte[5_000_000]);
        var sent = 0u;
        var bursts = (Honest: honest.Drain(), Greedy: greedy.Drain());
        for (var round = 0; round < 50; round++)
        {
            Assert.Equal(Lengths(bursts.Honest), Lengths(bursts.Greedy));
            sent += (uint)bursts.Honest.Count;
            Assert.Empty(greedy.Give(CoreRig.Packet(PacketTypes.None, 0, sent + ahead)));
            honest.Now = greedy.Now += 1000;
            bursts = (honest.Give(CoreRig.Packet(PacketTypes.None, 0, sent)), greedy.Give(CoreRig.Packet(PacketTypes.None, 0, sent)));
        }

        Assert.InRange(sent, 50u, uint.MaxValue);
        Assert.Equal(50, greedy.Core.GetStats().Invalid);
        Assert.Null(greedy.Core.CloseReason);
    }

    [Theory]
    [InlineData((byte)PacketTypes.Destroy)]
    [InlineData((byte)(PacketTypes.Destroy | PacketTypes.Data | PacketTypes.End))]
    [InlineData((byte)(PacketTypes.Destroy | PacketTypes.Sack))]
    public async Task Row03_ResetFromAThirdHost_WithTheRightNumbers_KillsNothing(byte types)
    {
        await using var host = new UdxHost();
        var (one, two, stranger) = (host.Bind(Loopback), host.Bind(Loopback), host.Bind(Loopback));
        var (client, server) = (host.CreateStream(1), host.CreateStream(2));
        client.Connect(one, 2, two.LocalAddress);
        server.Connect(two, 1, one.LocalAddress);
        await client.WriteAsync(new byte[10]);
        await ReadAsync(server);
        var packet = new byte[PacketHeader.Size];
        for (uint sequence = 0; sequence < 50; sequence++)
        {
            new PacketHeader((PacketTypes)types, 0, 2, 0, sequence, 0).Write(packet);
            stranger.TrySend(packet, two.LocalAddress);
        }

        await client.WriteAsync(new byte[10]);
        await ReadAsync(server);
        await server.WriteAsync(new byte[10]);
        await ReadAsync(client);
        Assert.False(server.Closed.IsCompleted);
        client.Abort();
        Assert.Equal(UdxCloseKind.Reset, (await server.Closed.WaitAsync(Patience)).Kind);
    }

    [Fact]
    public async Task Row03_StreamNumbersGuessed_AreCountedAndNothingElse()
    {
        await using var host = new UdxHost();
        await using var elsewhere = new UdxHost();
        var (one, two, stranger) = (host.Bind(Loopback), host.Bind(Loopback), elsewhere.Bind(Loopback));
        var (client, server) = (host.CreateStream(0xfeedbeef), host.CreateStream(0xdeadbeef));
        client.Connect(one, 0xdeadbeef, two.LocalAddress);
        server.Connect(two, 0xfeedbeef, one.LocalAddress);
        var answers = 0;
        stranger.SetDatagramHandler((_, _, _) => answers++);
        var types = new[] { PacketTypes.Destroy, PacketTypes.Heartbeat, PacketTypes.Data, PacketTypes.Data | PacketTypes.End, PacketTypes.Message };
        var guess = 1u;
        for (var burst = 0; burst < 100; burst++)
        {
            var until = two.UnknownPackets + 100;
            for (var i = 0; i < 100; i++)
            {
                var packet = CoreRig.Packet(types[i % types.Length], 0, 0);
                BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4), guess += 2_654_435_762);
                stranger.TrySend(packet, two.LocalAddress);
            }

            // A burst fits the socket's buffer: none is lost.
            for (var began = Stopwatch.StartNew(); two.UnknownPackets < until && began.Elapsed < Patience;) await Task.Yield();
            Assert.Equal(until, two.UnknownPackets);
        }

        Assert.Equal((0, 2, 0), (answers, host.StreamCount, two.HandlerFaults));
        await client.WriteAsync(new byte[10]);
        await ReadAsync(server);
        Assert.False(server.Closed.IsCompleted);
    }

    private static IEnumerable<int> Lengths(List<byte[]> packets) => packets.Select(packet => packet.Length);

    private static async Task ReadAsync(UdxStream stream)
    {
        var buffer = new byte[64];
        for (var left = 10; left > 0;) left -= await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
    }
}
