namespace Nashi.Hyperbee.Tests;

/// <summary>How often a read of a tree that is far away has to wait for an answer.</summary>
public sealed class RoundTripTests(ITestOutputHelper output)
{
    private const int Keys = 20_000;

    [Fact]
    public async Task Hyperbee_ReadFarAway_WaitsForFewRoundTrips()
    {
        const ulong seed = 3;
        IRandom random = new SeededRandom(seed);
        var far = await MakeAsync(random);
        var log = new RoundLog(far);
        var bee = new Hyperbee(log);
        var first = await log.CountAsync(bee.GetAsync(Key(random.Next(Keys))).AsTask());
        var gets = new List<int>();
        for (var i = 0; i < 1_000; i++) gets.Add(await log.CountAsync(bee.GetAsync(Key(random.Next(Keys))).AsTask()));
        gets.Sort();

        var fresh = new RoundLog(far);
        var range = await fresh.CountAsync(new Hyperbee(fresh).RangeAsync(new BeeRange { AtLeast = Key(9_000), Limit = 1_000 }).ToListAsync().AsTask());
        output.WriteLine($"first get {first}, get p50 {gets[500]}, p95 {gets[950]}, worst {gets[^1]}; cold range of 1000: {range} ({fresh.Fetched} blocks)");
        Assert.True(gets[500] <= 1, $"seed {seed}: half of the gets wait for {gets[500]} round trips");
    }

    private static async Task<MemoryBlockLog> MakeAsync(IRandom random)
    {
        var far = new MemoryBlockLog();
        var order = Enumerable.Range(0, Keys).OrderBy(_ => random.Next(int.MaxValue)).ToArray();
        await using var batch = new Hyperbee(far).Batch();
        foreach (var i in order) await batch.PutAsync(Key(i), new byte[20]);
        await batch.FlushAsync();
        return far;
    }

    private static byte[] Key(int i) => System.Text.Encoding.UTF8.GetBytes($"key-{i:d6}");
}
