namespace Nashi.Autobase.Tests.Graph;

public sealed class LinearizerTests
{
    [Fact]
    public void Linearizer_FedInDifferentOrders_NeverContradictsItself()
    {
        for (ulong seed = 1000; seed < 1100; seed++)
        {
            var history = new GraphHistory(seed);
            var replicas = Enumerable.Range(0, 4).Select(at => Feed(history, seed + (ulong)at, often: 1 + at)).ToList();
            var longest = replicas.MaxBy(replica => replica.Indexed.Count)!.Indexed;
            foreach (var replica in replicas) Assert.True(longest.Take(replica.Indexed.Count).SequenceEqual(replica.Indexed), $"seed {seed}");
        }
    }

    [Fact]
    public void Linearizer_FedInDifferentOrders_EndsWithTheSameOrder()
    {
        for (ulong seed = 2000; seed < 2100; seed++)
        {
            var history = new GraphHistory(seed);
            var orders = Enumerable.Range(0, 4).Select(at => Feed(history, seed + (ulong)at, often: 1 + at)).Select(replica => string.Join(' ', [.. replica.Indexed, .. replica.Tip])).ToList();
            Assert.True(orders.Distinct().Count() == 1, $"seed {seed}:\n{string.Join('\n', orders)}");
        }
    }

    private static GraphReplica Feed(GraphHistory history, ulong seed, int often)
    {
        var replica = new GraphReplica(history);
        var arrivals = history.Arrivals(seed);
        for (var place = 0; place < arrivals.Count; place++)
        {
            replica.Take(arrivals[place]);
            if (arrivals[place].Batch == 1 && place % often == 0) replica.Update();
        }

        replica.Update();
        return replica;
    }
}
