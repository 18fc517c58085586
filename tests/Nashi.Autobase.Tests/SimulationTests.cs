using Nashi.Autobase.Tests.Graph;

namespace Nashi.Autobase.Tests;

/// <summary>Peers that write while the network between them falls apart and heals: they end with the same, and nothing that was accepted is lost.</summary>
public sealed class SimulationTests
{
    [Theory]
    [InlineData(1UL, 3, 1)]
    [InlineData(2UL, 4, 3)]
    [InlineData(3UL, 5, 3)]
    public async Task Autobase_WithPartitions_LosesNothing(ulong seed, int count, int indexers)
    {
        var dice = new Dice(seed);
        var peers = new List<Peer> { await Peer.OpenAsync(1) };
        try
        {
            for (var i = 1; i < count; i++) peers.Add(await Peer.OpenAsync(i + 1, peers[0].Base.Key));
            ConnectAll(peers, _ => 0);
            await peers[0].AppendAsync([.. peers.Skip(1).Select((peer, i) => (i + 1 < indexers ? "index " : "add ") + peer.LocalKey)]);
            await Rounds.UntilAsync(peers, () => peers.All(peer => peer.Base.IsWritable));
            var values = await PlayAsync(dice, peers);
            await DisconnectAllAsync(peers);
            ConnectAll(peers, _ => 0);
            await Rounds.UntilEqualAsync([.. peers]);
            var log = await peers[^1].Handler.ReadLogAsync();
            Assert.True(values.Order().SequenceEqual(log.Order()), $"seed {seed}: {values.Count} values, {log.Count} in the log");
        }
        finally
        {
            foreach (var peer in peers) await peer.DisposeAsync();
        }
    }

    private static async Task<List<string>> PlayAsync(Dice dice, List<Peer> peers)
    {
        var values = new List<string>();
        for (var turn = 0; turn < 40; turn++)
        {
            if (dice.OneIn(12))
            {
                await DisconnectAllAsync(peers);
                ConnectAll(peers, _ => dice.Below(2));
            }

            var peer = peers[dice.Below(peers.Count)];
            if (dice.OneIn(4)) await peer.Base.AckAsync();
            var batch = Enumerable.Range(0, dice.OneIn(5) ? 3 : 1).Select(i => $"value {turn}.{i}").ToArray();
            await peer.AppendAsync(batch);
            values.AddRange(batch);
        }

        return values;
    }

    private static void ConnectAll(List<Peer> peers, Func<Peer, int> side)
    {
        var sides = peers.Select(side).ToArray();
        for (var i = 0; i < peers.Count; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (sides[i] == sides[j]) peers[i].Connect(peers[j]);
            }
        }
    }

    private static async Task DisconnectAllAsync(List<Peer> peers)
    {
        foreach (var peer in peers) await peer.DisconnectAsync();
    }
}
