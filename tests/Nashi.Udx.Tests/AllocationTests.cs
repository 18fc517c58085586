using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>The hot path makes no garbage.</summary>
[Collection(nameof(Alone))]
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

    [Fact]
    public async Task Streams_Transfer_AllocateNextToNothingPerPacket()
    {
        var loopback = Nashi.Datagrams.UdpAddress.FromIPv4(0x7f000001, 0);
        await using var host = new UdxHost();
        var (one, two) = (host.Bind(loopback), host.Bind(loopback));
        // Small buffers: they have grown to their full size before the measurement begins.
        var options = new UdxStreamOptions { SendBuffer = 256 << 10, ReceiveWindow = 256 << 10 };
        var (a, b) = (host.CreateStream(1, options), host.CreateStream(2, options));
        a.Connect(one, 2, two.LocalAddress);
        b.Connect(two, 1, one.LocalAddress);
        var chunk = new byte[65_536];
        await TransferAsync(30_000_000);
        var (before, packets) = (GC.GetTotalAllocatedBytes(precise: true), b.GetStats().PacketsReceived);
        await TransferAsync(60_000_000);
        var perPacket = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(b.GetStats().PacketsReceived - packets);
        // What remains is paid for each time that a reader or writer waits.
        Assert.InRange(perPacket, 0, 60);

        async Task TransferAsync(int bytes)
        {
            var reading = Task.Run(async () =>
            {
                for (long left = bytes; left > 0;)
                {
                    var result = await b.Input.ReadAsync();
                    left -= result.Buffer.Length;
                    b.Input.AdvanceTo(result.Buffer.End);
                }
            });
            for (var left = bytes; left > 0; left -= chunk.Length) await a.WriteAsync(chunk.AsMemory(0, Math.Min(left, chunk.Length)));
            await reading.WaitAsync(TimeSpan.FromSeconds(60));
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
