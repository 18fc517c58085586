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

        output.WriteLine($"first get {first}, get p50 {gets[500]}, p95 {gets[950]}, worst {gets[^1]}");
        Assert.True(gets[500] <= 1, $"seed {seed}: half of the gets wait for {gets[500]} round trips");
    }

    // A tree of 20 000 keys has six levels: one round trip each, and one for the entries of the leaves.
    [Theory]
    [InlineData(false, 5)]
    [InlineData(true, 5)]
    [InlineData(false, 6)]
    [InlineData(true, 6)]
    public async Task Range_FarAway_CostsOneRoundTripForEachLevel(bool reverse, ulong seed)
    {
        var far = await MakeAsync(new SeededRandom(seed));
        var log = new RoundLog(far);
        var range = new BeeRange { AtLeast = Key(9_000), AtMost = Key(14_999), Reverse = reverse, Limit = 1_000 };
        var read = new Hyperbee(log).RangeAsync(range).ToListAsync().AsTask();
        var rounds = await log.CountAsync(read);

        output.WriteLine($"{rounds} round trips, {log.Fetched} blocks");
        var expected = Enumerable.Range(0, 1_000).Select(i => Key(reverse ? 14_999 - i : 9_000 + i));
        Assert.Equal(expected, (await read).Select(entry => entry.Key.ToArray()));
        Assert.True(rounds <= 7, $"{rounds} round trips");
        Assert.True(log.Fetched < 1_500, $"{log.Fetched} blocks for 1000 entries");
    }

    [Fact]
    public async Task Range_WholeTreeFarAway_IsReadAheadOfTheWalk()
    {
        var far = await MakeAsync(new SeededRandom(7));
        var log = new RoundLog(far);
        var read = new Hyperbee(log).RangeAsync().ToListAsync().AsTask();
        var rounds = await log.CountAsync(read);

        output.WriteLine($"{rounds} round trips for {Keys} keys");
        Assert.Equal(Enumerable.Range(0, Keys).Select(Key), (await read).Select(entry => entry.Key.ToArray()));
        Assert.True(rounds <= 80, $"{rounds} round trips");
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
