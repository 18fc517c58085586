using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>How well a stream fills a path, in virtual time: bandwidth, round trip, queue and loss are given.</summary>
public sealed class BottleneckTests
{
    [Theory]
    [InlineData(100, 40, 500, 0.00, 0.85)]
    [InlineData(100, 40, 500, 0.01, 0.75)]
    [InlineData(20, 100, 1000, 0.02, 0.70)]
    [InlineData(5, 20, 40, 0.00, 0.80)]
    [InlineData(50, 200, 2500, 0.00, 0.75)]
    public void Stream_OnABottleneck_FillsIt(int megabits, int rttMs, int queueKb, double loss, double share)
    {
        var bytesPerMicro = megabits / 8.0;
        var seconds = 20;
        var delivered = Run(bytesPerMicro, rttMs * 1000L, queueKb * 1000L, loss, seconds * 1_000_000L, out var stats);
        var reached = delivered / (bytesPerMicro * seconds * 1e6);
        Assert.True(reached >= share, $"{reached:P0} of {megabits} Mbit/s; {stats}");
    }

    private static long Run(double rate, long rtt, long queue, double loss, long duration, out UdxStreamStats stats)
    {
        IRandom dice = new SeededRandom(7);
        var (sender, receiver) = (new CoreRig(new UdxStreamOptions { SendBuffer = 8 << 20 }), new CoreRig(new UdxStreamOptions { ReceiveWindow = 8 << 20 }));
        var events = new PriorityQueue<(bool ToReceiver, byte[] Packet), (long At, long Order)>();
        var chunk = new byte[1 << 20];
        long order = 0, now = 1_000_000, freeAt = 0;
        var end = now + duration;
        Pump();
        while (now < end)
        {
            var packetAt = events.TryPeek(out _, out var key) ? key.At : long.MaxValue;
            var timerAt = sender.Core.NextTimeout?.Microseconds ?? long.MaxValue;
            now = Math.Max(now, Math.Min(packetAt, timerAt));
            (sender.Now, receiver.Now) = (now, now);
            if (packetAt > timerAt) sender.Core.HandleTimeout(new Instant(now));
            else Arrive(events.Dequeue());
            Pump();
        }

        stats = sender.Core.GetStats();
        return receiver.Received;

        void Arrive((bool ToReceiver, byte[] Packet) arrived)
        {
            if (arrived.ToReceiver) Send(receiver.Give(arrived.Packet), toReceiver: false);
            else sender.Core.HandlePacket(arrived.Packet, new Instant(now));
        }

        void Pump()
        {
            sender.Core.Write(chunk);
            Send(sender.Drain(), toReceiver: true);
        }

        void Send(List<byte[]> packets, bool toReceiver)
        {
            foreach (var packet in packets)
            {
                var at = now;
                if (toReceiver)
                {
                    var size = packet.Length + 28;
                    // Dropped by chance, or because the queue before the bottleneck is full.
                    if (dice.NextDouble() < loss || (freeAt - now) * rate > queue) continue;
                    freeAt = Math.Max(freeAt, now) + (long)(size / rate);
                    at = freeAt;
                }

                events.Enqueue((toReceiver, packet), (at + (rtt / 2), order++));
            }
        }
    }
}
