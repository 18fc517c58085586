using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>The hot path makes no garbage.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Cores_Transfer_AllocatesNothingPerPacket()
    {
        var (a, b) = (new Counter(), new Counter());
        var link = (A: new UdxCore(UdxStreamOptions.Default, a), B: new UdxCore(UdxStreamOptions.Default, b));
        link.A.Connect(2, isIPv6: false);
        link.B.Connect(1, isIPv6: false);
        var (chunk, packet) = (new byte[32_768], new byte[1500]);
        var now = 1_000_000L;
        Transfer(2000);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Transfer(2000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(b.Bytes >= 4000L * chunk.Length - (8 << 20));

        void Transfer(int chunks)
        {
            for (var i = 0; i < chunks; i++)
            {
                link.A.Write(chunk);
                now += 200;
                // Each 50th packet is lost, so that repeats and ranges are measured too.
                Move(link.A, link.B, loses: true);
                link.B.HandleRead(b.Take());
                Move(link.B, link.A, loses: false);
                if (link.A.NextTimeout is { } due && due.Microseconds <= now) link.A.HandleTimeout(new Instant(now));
            }
        }

        void Move(UdxCore from, UdxCore to, bool loses)
        {
            int length;
            while ((length = from.PollTransmit(packet, new Instant(now))) > 0)
            {
                if (!loses || ++a.Bytes % 50 != 0) to.HandlePacket(packet.AsSpan(0, length), new Instant(now + 100));
            }
        }
    }

    private sealed class Counter : IUdxSink
    {
        private long _unread;

        public long Bytes { get; set; }

        public long Take()
        {
            var taken = _unread;
            _unread = 0;
            return taken;
        }

        public void OnData(ReadOnlySpan<byte> bytes)
        {
            Bytes += bytes.Length;
            _unread += bytes.Length;
        }

        public void OnEnd()
        {
        }

        public void OnMessage(ReadOnlySpan<byte> message)
        {
        }
    }
}
