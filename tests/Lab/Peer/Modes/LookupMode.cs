using Nashi.Dht;

namespace Nashi.LabPeer.Modes;

/// <summary><c>lookup --bootstrap H:P --topics N --rounds N</c>: looks each topic up; one "found" or "missed" for each.</summary>
internal static class LookupMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var node = await run.StartNodeAsync();
        for (var round = 0; round < run.Number("rounds", 1); round++)
        {
            for (var i = 0; i < run.Number("topics", 10); i++) await LookUpAsync(run, node, i);
        }

        run.Events.Emit("done");
        return 0;
    }

    private static async Task LookUpAsync(PeerRun run, DhtNode node, int index)
    {
        var began = run.Events.PreciseMilliseconds;
        double? first = null;
        var replies = 0;
        try
        {
            await foreach (var reply in node.LookupAsync(AnnounceMode.TopicOf(index), run.Ended))
            {
                if (reply.Peers.Count == 0) continue;
                replies++;
                first ??= Since(run, began);
            }
        }
        catch (NashiException)
        {
            // What was heard before it failed counts.
        }

        run.Events.Emit(replies > 0 ? "found" : "missed", ("i", index), ("ms", first), ("totalMs", Since(run, began)), ("replies", replies));
    }

    private static double Since(PeerRun run, double began) => Math.Round(run.Events.PreciseMilliseconds - began, 2);
}
