namespace Nashi.Hyperbee.Tests;

/// <summary>A tree behaves as a sorted dictionary, at every version.</summary>
public sealed class ModelTests
{
    [Theory]
    [InlineData(11UL)]
    [InlineData(12UL)]
    [InlineData(13UL)]
    public async Task Hyperbee_RandomOperations_BehavesAsSortedDictionary(ulong seed)
    {
        var log = new MemoryBlockLog();
        var bee = new Hyperbee(log);
        var model = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var versions = new List<(Hyperbee Snapshot, KeyValuePair<string, string>[] Expected)>();
        foreach (var operation in BeeOperation.Random(new SeededRandom(seed), 600, 150, compare: true))
        {
            await operation.ApplyAsync(bee);
            Apply(operation, model);
            if (bee.Version % 40 == 0) versions.Add((bee.Snapshot(), [.. model]));
        }

        versions.Add((bee, [.. model]));
        foreach (var (snapshot, expected) in versions) await AssertIsAsync(expected, snapshot, seed);
        for (var i = 1; i < versions.Count; i++) await AssertDiffAsync(versions[i], versions[i - 1], seed);
    }

    [Fact]
    public async Task Hyperbee_AnyRange_EqualsFilteredKeys()
    {
        var log = new MemoryBlockLog();
        var bee = new Hyperbee(log);
        IRandom random = new SeededRandom(21);
        var keys = Enumerable.Range(0, 300).Select(i => $"{i * 3:d4}").ToArray();
        foreach (var key in keys) await bee.PutAsync(key, key);
        for (var i = 0; i < 300; i++)
        {
            var (low, high) = ($"{random.Next(1000):d4}", $"{random.Next(1000):d4}");
            var (lowIn, highIn, reverse, limit) = (random.Next(2) == 0, random.Next(2) == 0, random.Next(2) == 0, random.Next(3) == 0 ? random.Next(20) : 1000);
            var range = new BeeRange
            {
                AtLeast = lowIn ? Bytes(low) : default(ReadOnlyMemory<byte>?),
                GreaterThan = lowIn ? default(ReadOnlyMemory<byte>?) : Bytes(low),
                AtMost = highIn ? Bytes(high) : default(ReadOnlyMemory<byte>?),
                LessThan = highIn ? default(ReadOnlyMemory<byte>?) : Bytes(high),
                Reverse = reverse,
                Limit = limit,
            };
            var expected = keys.Where(key => Order(key, low) > (lowIn ? -1 : 0) && Order(key, high) < (highIn ? 1 : 0));
            Assert.Equal((reverse ? expected.Reverse() : expected).Take(limit), await KeysAsync(bee, range));
        }
    }

    [Fact]
    public async Task Sub_Ranges_StayInside()
    {
        var bee = new Hyperbee(new MemoryBlockLog());
        var (a, ab) = (bee.Sub("a"), bee.Sub("ab"));
        await a.PutAsync("1", "x");
        await a.PutAsync("2", "y");
        await ab.PutAsync("3", "z");
        await bee.PutAsync("a", "outside");
        Assert.Equal(["1", "2"], await KeysAsync(a, BeeRange.All));
        Assert.Equal(["3"], await KeysAsync(ab, BeeRange.All));
        Assert.Equal(["2", "1"], await KeysAsync(a, new BeeRange { Reverse = true }));
        Assert.Equal("y", (await a.GetAsync("2"))!.ValueText);
        Assert.Null(await a.GetAsync("3"));
        Assert.True(await a.DeleteAsync("2", (previous, _) => previous.KeyText == "2"));
        Assert.Equal(["1"], await KeysAsync(a, BeeRange.All));
    }

    [Fact]
    public async Task BeeBatch_Reads_SeeItsOwnWrites()
    {
        var bee = new Hyperbee(new MemoryBlockLog());
        for (var i = 0; i < 50; i++) await bee.PutAsync($"{i:d2}", "old");
        await using var batch = bee.Batch();
        for (var i = 0; i < 50; i += 2) await batch.PutAsync($"{i:d2}", "new");
        for (var i = 0; i < 50; i += 5) await batch.DeleteAsync($"{i:d2}");
        Assert.Equal("new", (await batch.GetAsync("02"))!.ValueText);
        Assert.Null(await batch.GetAsync("10"));
        Assert.Equal("old", (await bee.GetAsync("10"))!.ValueText);
        var seen = new List<string>();
        await foreach (var entry in batch.RangeAsync()) seen.Add(entry.KeyText);
        Assert.Equal(Enumerable.Range(0, 50).Where(i => i % 5 != 0).Select(i => $"{i:d2}"), seen);
        await batch.FlushAsync();
        Assert.Equal(seen, await KeysAsync(bee, BeeRange.All));
    }

    [Fact]
    public async Task Hyperbee_Watched_TellsChangesOfTheRangeOnly()
    {
        var log = new MemoryBlockLog();
        var bee = new Hyperbee(log);
        await bee.PutAsync("a", "1");
        var watch = bee.WatchAsync(new BeeRange { AtLeast = Bytes("b") }).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await bee.PutAsync("a", "2");
        await bee.PutAsync("c", "3");
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("3", (await watch.Current.Current.GetAsync("c"))!.ValueText);
        Assert.Null(await watch.Current.Previous.GetAsync("c"));
        await watch.DisposeAsync();
    }

    [Fact]
    public async Task Hyperbee_KeyWatched_TellsEachValue()
    {
        var bee = new Hyperbee(new MemoryBlockLog());
        await using var watch = bee.GetAndWatchAsync("k").GetAsyncEnumerator();
        Assert.True(await watch.MoveNextAsync());
        Assert.Null(watch.Current);
        await bee.PutAsync("other", "x");
        await bee.PutAsync("k", "1");
        Assert.True(await watch.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal("1", watch.Current!.ValueText);
    }

    private static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static int Order(string a, string b) => Math.Sign(string.CompareOrdinal(a, b));

    private static async Task<List<string>> KeysAsync(Hyperbee bee, BeeRange range)
    {
        var keys = new List<string>();
        await foreach (var entry in bee.RangeAsync(range)) keys.Add(entry.KeyText);
        return keys;
    }

    private static void Apply(BeeOperation operation, SortedDictionary<string, string> model)
    {
        foreach (var inner in operation.Inner) Apply(inner, model);
        if (operation.Kind == "batch") return;
        var key = Convert.ToHexString(operation.Key);
        if (operation.Compare == false && model.ContainsKey(key)) return;
        if (operation.Kind == "del") model.Remove(key);
        else model[key] = Text(operation.Value);
    }

    private static string Text(ReadOnlyMemory<byte>? value) => value is { } some ? Convert.ToHexString(some.Span) : "none";

    private static string Text(byte[]? value) => value is null ? "none" : Convert.ToHexString(value);

    private static async Task AssertIsAsync(KeyValuePair<string, string>[] expected, Hyperbee bee, ulong seed)
    {
        var found = new List<KeyValuePair<string, string>>();
        await foreach (var entry in bee.RangeAsync()) found.Add(new(Convert.ToHexString(entry.Key.Span), Text(entry.Value)));
        Assert.True(expected.SequenceEqual(found), $"seed {seed}, version {bee.Version}");
        foreach (var (key, value) in expected.Take(20)) Assert.Equal(value, Text((await bee.GetAsync(Convert.FromHexString(key)))!.Value));
    }

    private static async Task AssertDiffAsync((Hyperbee Snapshot, KeyValuePair<string, string>[] Expected) now, (Hyperbee Snapshot, KeyValuePair<string, string>[] Expected) before, ulong seed)
    {
        var state = before.Expected.ToDictionary();
        await foreach (var row in now.Snapshot.DiffAsync(before.Snapshot))
        {
            var key = Convert.ToHexString(row.Key.Span);
            Assert.Equal(row.Right is not null, state.ContainsKey(key));
            if (row.Left is null) state.Remove(key);
            else state[key] = Text(row.Left.Value);
        }

        Assert.True(now.Expected.ToDictionary().OrderBy(pair => pair.Key).SequenceEqual(state.OrderBy(pair => pair.Key)), $"seed {seed}");
    }
}
