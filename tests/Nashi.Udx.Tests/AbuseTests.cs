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

    [Fact]
    public void Row02_OptimisticAcks_GainNoMoreThanWhatWasSent()
    {
        // It claims each packet the moment it hears of any: the window grows by what is in flight, never by what is claimed beyond.
        var rig = new CoreRig();
        rig.Core.Write(new byte[50_000_000]);
        var sent = 0;
        for (var round = 0; round < 20; round++)
        {
            var burst = rig.Drain().Count;
            sent += burst;
            rig.Now += 1000;
            rig.Give(CoreRig.Packet(PacketTypes.None, 0, (uint)(sent + 1_000_000)));
            Assert.Equal(round == 0, burst > 0);
        }

        Assert.True(rig.Core.GetStats().InFlight > 0);
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
    public void Row03_StreamNumbersGuessed_CostNextToNothing()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = 0;
        var packet = CoreRig.Packet(PacketTypes.Destroy, 0, 0);
        for (uint i = 0; i < 1_000_000; i++)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(packet.AsSpan(4), i * 2_654_435_761);
            found += PacketHeader.TryReadStreamId(packet, out var id) && id == 0xdeadbeef ? 1 : 0;
        }

        Assert.Equal(0, found);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    private static async Task ReadAsync(UdxStream stream)
    {
        var buffer = new byte[64];
        for (var left = 10; left > 0;) left -= await stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
    }
}
