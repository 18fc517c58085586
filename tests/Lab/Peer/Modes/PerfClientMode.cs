using Nashi.Udx;

namespace Nashi.LabPeer.Modes;

/// <summary><c>perf-client --host A --port N --local-id N --remote-id N --to H:P --bytes N [--max-ms N]</c>: fills one raw UDX stream.</summary>
internal static class PerfClientMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var host = new UdxHost();
        var socket = host.Bind(run.Local(5001));
        var stream = host.CreateStream((uint)run.Number("local-id", 1));
        stream.Connect(socket, (uint)run.Number("remote-id", 2), PeerRun.Address(run.Flag("to")));
        var (total, limit) = (run.Number("bytes", 10_000_000), run.Number("max-ms", 0));
        var chunk = new byte[65_536];
        var start = run.Events.Milliseconds;
        var sent = 0L;
        try
        {
            while (sent < total && (limit == 0 || run.Events.Milliseconds - start <= limit))
            {
                var part = chunk.AsMemory(0, (int)Math.Min(chunk.Length, total - sent));
                await stream.WriteAsync(part, run.Ended);
                sent += part.Length;
            }

            await stream.ShutdownAsync(run.Ended);
            await DrainAsync(run, stream);
        }
        catch (UdxException error)
        {
            run.Events.Emit("error", ("message", error.Message));
            return 3;
        }

        run.Events.Emit("done", [("bytes", sent), ("ms", run.Events.Milliseconds - start), .. PerfServerMode.StatsOf(stream)]);
        return 0;
    }

    private static async Task DrainAsync(PeerRun run, UdxStream stream)
    {
        while (await stream.Input.ReadAsync(run.Ended) is { } read && (!read.IsCompleted || !read.Buffer.IsEmpty)) stream.Input.AdvanceTo(read.Buffer.End);
        await stream.Closed.WaitAsync(run.Ended);
    }
}
