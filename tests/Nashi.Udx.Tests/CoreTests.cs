using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>One core, packet by packet, in virtual time.</summary>
public sealed class CoreTests
{
    private readonly SortedSet<uint> _got = [];
    private uint _expected;

    [Fact]
    public void Timeout_NobodyAnswers_RepeatsEverySecondAndGivesUpAfterThirty()
    {
        var rig = new CoreRig();
        rig.Core.Write("x"u8);
        var began = rig.Now;
        Assert.Single(rig.Drain());
        var times = new List<long>();
        while (rig.Core.CloseReason is null)
        {
            foreach (var packet in rig.Elapse())
            {
                Assert.Equal(0u, CoreRig.Read(packet).Sequence);
                times.Add((rig.Now - began) / 1000);
            }
        }

        Assert.Equal(Enumerable.Range(1, 29).Select(second => second * 1000L), times);
        Assert.Equal(30_000, (rig.Now - began) / 1000);
        Assert.Equal(UdxCloseKind.TimedOut, rig.Core.CloseReason.Kind);
        Assert.True(rig.Core.IsDone);
    }

    [Fact]
    public void Window_Shut_HeartbeatsUntilItOpens()
    {
        var rig = new CoreRig();
        rig.Core.Write(new byte[1000]);
        Assert.Single(rig.Drain());
        Assert.Empty(rig.Give(CoreRig.Packet(PacketTypes.None, 0, 1, window: 0)));
        rig.Core.Write(new byte[3000]);
        Assert.Empty(rig.Drain());

        var probes = rig.Elapse(TimeSpan.FromSeconds(6));
        Assert.InRange(probes.Count, 2, 6);
        Assert.All(probes, packet => Assert.Equal(PacketTypes.Heartbeat, CoreRig.Read(packet).Types));

        // A window smaller than a packet still lets one go.
        var sent = rig.Give(CoreRig.Packet(PacketTypes.None, 0, 1, window: 10));
        Assert.Equal(PacketTypes.Data, CoreRig.Read(Assert.Single(sent)).Types);
    }

    [Fact]
    public void Window_ApplicationDoesNotRead_ShrinksAndOpensAgain()
    {
        var rig = new CoreRig(new UdxStreamOptions { ReceiveWindow = 64 << 10 }, reads: false);
        var window = 64u << 10;
        for (uint sequence = 0; window >= 1000; sequence++)
        {
            window = CoreRig.Read(Assert.Single(rig.Give(CoreRig.Packet(PacketTypes.Data, sequence, 0, 1000)))).Window;
        }

        Assert.Empty(rig.Drain());
        rig.Core.HandleRead(rig.Received);
        Assert.Equal(64u << 10, CoreRig.Read(Assert.Single(rig.Drain())).Window);
    }

    [Fact]
    public void Data_BeyondWindow_IsNotKept()
    {
        var rig = new CoreRig(new UdxStreamOptions { ReceiveWindow = 64 << 10 }, reads: false);
        for (uint sequence = 0; sequence < 1000; sequence++) rig.Give(CoreRig.Packet(PacketTypes.Data, sequence, 0, 1000));
        Assert.InRange(rig.Received, 64 << 10, 256 << 10);
    }

    [Fact]
    public void DiscardInput_NobodyReads_WindowStaysOpen()
    {
        var rig = new CoreRig(new UdxStreamOptions { ReceiveWindow = 64 << 10 }, reads: false);
        rig.Core.DiscardInput();
        var header = default(PacketHeader);
        for (uint sequence = 0; sequence < 500; sequence++) header = CoreRig.Read(Assert.Single(rig.Give(CoreRig.Packet(PacketTypes.Data, sequence, 0, 1000))));
        Assert.Equal((500u, 64u << 10), (header.Ack, header.Window));
    }

    [Fact]
    public void Batch_OfData_IsAcknowledgedOnce()
    {
        var rig = new CoreRig();
        for (uint sequence = 0; sequence < 10; sequence++) rig.Core.HandlePacket(CoreRig.Packet(PacketTypes.Data, sequence, 0, 100), new Instant(rig.Now));
        Assert.Equal(10u, CoreRig.Read(Assert.Single(rig.Drain())).Ack);
    }

    [Fact]
    public void End_LastAcknowledgementLost_IsAcknowledgedAgain()
    {
        var rig = new CoreRig();
        rig.Core.End();
        Assert.Single(rig.Drain());
        Assert.Single(rig.Give(CoreRig.Packet(PacketTypes.End, 0, 1)));
        Assert.Equal(UdxCloseKind.Ended, rig.Core.CloseReason!.Kind);
        Assert.False(rig.Core.IsDone);
        Assert.Equal(1u, CoreRig.Read(Assert.Single(rig.Give(CoreRig.Packet(PacketTypes.End, 0, 1)))).Ack);
        rig.Elapse(TimeSpan.FromSeconds(20));
        Assert.True(rig.Core.IsDone);
    }

    [Fact]
    public void Destroy_Lost_IsSaidAgainButNotForEver()
    {
        var rig = new CoreRig();
        rig.Core.Destroy(new Instant(rig.Now));
        Assert.Equal(PacketTypes.Destroy, CoreRig.Read(Assert.Single(rig.Drain())).Types);
        var repeats = 0;
        for (var i = 0; i < 100; i++) repeats += rig.Give(CoreRig.Packet(PacketTypes.Data, 0, 0, 10)).Count;
        Assert.InRange(repeats, 1, 5);
        Assert.Empty(rig.Give(CoreRig.Packet(PacketTypes.Destroy, 0, 0)));
        rig.Elapse(TimeSpan.FromSeconds(10));
        Assert.True(rig.Core.IsDone);
    }

    [Fact]
    public void Destroy_OldSequence_IsIgnored()
    {
        var rig = new CoreRig();
        rig.Give(CoreRig.Packet(PacketTypes.Data, 0, 0, 10));
        rig.Give(CoreRig.Packet(PacketTypes.Destroy, 0, 0));
        Assert.Null(rig.Core.CloseReason);
        rig.Give(CoreRig.Packet(PacketTypes.Destroy, 1, 0));
        Assert.Equal(UdxCloseKind.Reset, rig.Core.CloseReason!.Kind);
    }

    [Fact]
    public void Unconnected_ReceivesAndAcknowledgesOnceConnected()
    {
        var rig = new CoreRig();
        var core = new UdxCore(UdxStreamOptions.Default, rig);
        core.HandlePacket(CoreRig.Packet(PacketTypes.Data, 0, 0, 10), new Instant(rig.Now));
        var packet = new byte[1500];
        Assert.Equal(0, core.PollTransmit(packet, new Instant(rig.Now)));
        core.Connect(1, isIPv6: false);
        Assert.Equal(PacketHeader.Size, core.PollTransmit(packet, new Instant(rig.Now)));
        Assert.Equal(1u, CoreRig.Read(packet).Ack);
    }

    [Theory]
    [InlineData(1500, 1500)]
    [InlineData(1300, 1296)]
    [InlineData(1200, 1200)]
    public void Mtu_Search_FindsThePathsSize(int path, int found)
    {
        var rig = new CoreRig();
        for (var round = 0; round < 400; round++)
        {
            rig.Core.Write(new byte[4000]);
            foreach (var packet in rig.Drain().Concat(rig.Elapse(TimeSpan.FromMilliseconds(5))))
            {
                if (packet.Length + 28 <= path) Acknowledge(rig, CoreRig.Read(packet).Sequence);
            }
        }

        Assert.Equal(found, rig.Core.GetStats().Mtu);
        Assert.Equal(0, rig.Core.GetStats().Timeouts);
    }

    [Fact]
    public void ChangeRemote_PacketsTooLargeForTheNewPath_AskForTheOld()
    {
        var rig = new CoreRig();
        for (var round = 0; round < 100; round++)
        {
            rig.Core.Write(new byte[4000]);
            foreach (var packet in rig.Drain().Concat(rig.Elapse(TimeSpan.FromMilliseconds(5)))) Acknowledge(rig, CoreRig.Read(packet).Sequence);
        }

        Assert.Equal(1500, rig.Core.GetStats().Mtu);
        rig.Core.Write(new byte[1400]);
        Assert.Single(rig.Drain());
        rig.Core.ChangeRemote(9, isIPv6: false);
        var bytes = new byte[1500];
        int length;
        while ((length = rig.Core.PollTransmit(bytes, new Instant(rig.Now))) == 0)
        {
            rig.Now = rig.Core.NextTimeout!.Value.Microseconds;
            rig.Core.HandleTimeout(new Instant(rig.Now));
        }

        Assert.Equal(1420, length);
        Assert.Equal(9u, CoreRig.Read(bytes).StreamId);
        Assert.True(rig.Core.NeedsOldPath);
    }

    [Fact]
    public void Sack_RangesNotAscending_AreCountedAndSkipped()
    {
        var rig = new CoreRig();
        for (var i = 0; i < 5; i++)
        {
            rig.Core.Write(new byte[100]);
            rig.Drain();
        }

        var packet = CoreRig.Packet(PacketTypes.Sack, 0, 0, 24);
        uint[] ranges = [2, 4, 1, 2, 4, 9];
        Buffer.BlockCopy(ranges, 0, packet, 20, 24);
        rig.Give(packet);
        Assert.Equal(2, rig.Core.GetStats().Invalid);
        // The rest was used: only 0, 1 and 4 are under way.
        Assert.Equal(3 * 120, rig.Core.GetStats().InFlight);
    }

    private void Acknowledge(CoreRig rig, uint sequence)
    {
        _got.Add(sequence);
        while (_got.Remove(_expected)) _expected++;
        var packet = CoreRig.Packet(_got.Count > 0 ? PacketTypes.Sack : PacketTypes.None, 0, _expected, _got.Count > 0 ? 8 : 0);
        if (_got.Count > 0)
        {
            var first = _got.Min;
            var end = first;
            while (_got.Contains(end)) end++;
            BitConverter.TryWriteBytes(packet.AsSpan(20), first);
            BitConverter.TryWriteBytes(packet.AsSpan(24), end);
        }

        rig.Core.HandlePacket(packet, new Instant(rig.Now));
    }
}
