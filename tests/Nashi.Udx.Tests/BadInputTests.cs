using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>What strangers send: the core neither throws nor grows.</summary>
public sealed class BadInputTests
{
    [Fact]
    public void Core_RandomPackets_NeverThrows()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            IRandom dice = new SeededRandom(seed);
            var rig = Busy();
            try
            {
                for (var i = 0; i < 300; i++) rig.Give(RandomPacket(dice, plausible: i % 2 == 0));
                rig.Elapse(TimeSpan.FromSeconds(1));
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"seed {seed}", error);
            }
        }
    }

    [Fact]
    public void Core_TruncatedAndMutatedPackets_NeverThrows()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            IRandom dice = new SeededRandom(seed);
            var (from, to) = (Busy(), Busy());
            for (var i = 0; i < 100; i++)
            {
                from.Core.Write(new byte[1 + dice.Next(3000)]);
                foreach (var packet in from.Drain())
                {
                    if (dice.Next(3) == 0) packet[dice.Next(packet.Length)] ^= (byte)(1 << dice.Next(8));
                    var back = to.Give(dice.Next(4) == 0 ? packet[..dice.Next(packet.Length + 1)] : packet);
                    foreach (var answer in back) from.Core.HandlePacket(answer, new Instant(from.Now));
                }

                from.Elapse(TimeSpan.FromMilliseconds(10));
                to.Elapse(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    [Fact]
    public void ReorderBuffer_GapNeverFilled_IsBounded()
    {
        var options = new UdxStreamOptions { ReceiveWindow = 64 << 10 };
        var rig = new CoreRig(options);
        rig.Give(CoreRig.Packet(PacketTypes.Data, 1, 0, 1400));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (uint sequence = 2; sequence < 200_000; sequence++) rig.Core.HandlePacket(CoreRig.Packet(PacketTypes.Data, sequence, 0, (int)(sequence % 3) * 700), new Instant(rig.Now));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 << 20);
        Assert.Equal(0, rig.Received);
    }

    [Fact]
    public void Header_AnyBytes_ReadsOrRefuses()
    {
        var random = new SeededRandom(1);
        var bytes = new byte[64];
        for (var length = 0; length <= bytes.Length; length++)
        {
            random.Fill(bytes);
            Assert.False(PacketHeader.TryRead(bytes.AsSpan(0, Math.Min(length, 19)), out _));
            (bytes[0], bytes[1]) = (0xff, 1);
            Assert.Equal(length >= 20, PacketHeader.TryRead(bytes.AsSpan(0, length), out var header));
            if (length < 20) continue;
            var again = new byte[20];
            header.Write(again);
            Assert.True(again.AsSpan().SequenceEqual(bytes.AsSpan(0, 20)));
            bytes[1] = 2;
            Assert.False(PacketHeader.TryRead(bytes.AsSpan(0, length), out _));
        }
    }

    private static CoreRig Busy()
    {
        var rig = new CoreRig();
        rig.Core.Write(new byte[10_000]);
        rig.Drain();
        return rig;
    }

    private static byte[] RandomPacket(IRandom dice, bool plausible)
    {
        var packet = new byte[dice.Next(200)];
        dice.Fill(packet);
        if (packet.Length < PacketHeader.Size) return packet;
        (packet[0], packet[1]) = (0xff, 1);
        if (!plausible) return packet;
        // Near what is expected, so that the deep paths are reached; no DESTROY, which would end the run.
        var header = new PacketHeader((PacketTypes)(dice.Next(64) & ~16), (byte)(dice.Next(2) == 0 ? 0 : dice.Next(200)), 7, (uint)dice.Next(1 << 23), (uint)dice.Next(20), (uint)dice.Next(20));
        header.Write(packet);
        for (var at = PacketHeader.Size; at + 4 <= packet.Length; at += 4) BitConverter.TryWriteBytes(packet.AsSpan(at), (uint)dice.Next(20));
        return packet;
    }
}
