using Nashi.Udx;

namespace Nashi.LabPeer.Modes;

/// <summary><c>perf-server --host A --port N --local-id N --remote-id N</c>: swallows one raw UDX stream and tells how fast it came.</summary>
internal static class PerfServerMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var host = new UdxHost();
        var socket = host.Bind(run.Local(5000));
        var stream = host.CreateStream((uint)run.Number("local-id", 2));
        var remoteId = (uint)run.Number("remote-id", 1);
        stream.SetFirewall((from, address) =>
        {
            if (!stream.IsConnected) stream.Connect(from, remoteId, address);
            return false;
        });
        run.Events.Emit("listening", ("port", socket.LocalAddress.Port));
        var (bytes, first) = (0L, 0L);
        try
        {
            while (await stream.Input.ReadAsync(run.Ended) is { } read && (!read.IsCompleted || !read.Buffer.IsEmpty))
            {
                if (bytes == 0) first = run.Events.Milliseconds;
                bytes += read.Buffer.Length;
                stream.Input.AdvanceTo(read.Buffer.End);
            }
        }
        catch (UdxException error)
        {
            run.Events.Emit("error", ("message", error.Message), ("bytes", bytes));
            return 3;
        }

        run.Events.Emit("done", [("bytes", bytes), ("ms", run.Events.Milliseconds - first), .. StatsOf(stream)]);
        await stream.ShutdownAsync(run.Ended);
        await stream.Closed.WaitAsync(run.Ended);
        await Task.Delay(TimeSpan.FromMilliseconds(200), run.Ended);
        return 0;
    }

    public static (string Key, object? Value)[] StatsOf(UdxStream stream)
    {
        var stats = stream.GetStats();
        return
        [
            ("rtt", stats.RoundTrip.TotalMilliseconds), ("cwnd", stats.CongestionWindow), ("mtu", stats.Mtu), ("rtoCount", stats.Timeouts),
            ("retransmits", stats.Retransmits), ("packetsTransmitted", stats.PacketsSent), ("packetsReceived", stats.PacketsReceived),
        ];
    }
}
