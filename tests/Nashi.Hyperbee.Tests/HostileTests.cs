using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee.Tests;

/// <summary>Trees that a stranger wrote end in a typed failure, never in a loop or a crash.</summary>
public sealed class HostileTests
{
    // {index: one level with keys [1] and children [(1,0),(1,0)], key "k", value ""}: a node that is its own child.
    private static readonly byte[] Loop = Convert.FromHexString("0a0b" + "0a09" + "0a0101" + "120401000100" + "12016b" + "1a00");

    [Fact]
    public async Task Hyperbee_NodeIsItsOwnChild_FailsTyped()
    {
        var bee = await WithAsync(Loop);
        await Assert.ThrowsAsync<HyperbeeException>(async () => await bee.GetAsync("a"));
        await Assert.ThrowsAsync<HyperbeeException>(() => DrainAsync(bee.RangeAsync()));
        await Assert.ThrowsAsync<HyperbeeException>(() => DrainAsync(bee.RangeAsync(new BeeRange { Reverse = true })));
        await Assert.ThrowsAsync<HyperbeeException>(() => DrainAsync(bee.DiffAsync(1)));
        await Assert.ThrowsAsync<HyperbeeException>(async () => await bee.PutAsync("a", "x"));
        await Assert.ThrowsAsync<HyperbeeException>(async () => await bee.DeleteAsync("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0a00")]
    [InlineData("12016b")]
    [InlineData("0a00120568")]
    [InlineData("0affffffffffffffff7f12016b")]
    [InlineData("0a0012016b0b0c")]
    [InlineData("0a040a020a0112016b")]
    [InlineData("0a060a040a0101ff12016b")]
    [InlineData("0a070a050a03ffffff12016b")]
    public async Task Hyperbee_MalformedBlock_FailsTyped(string block)
    {
        var bee = await WithAsync(Convert.FromHexString(block));
        await Assert.ThrowsAsync<HyperbeeException>(async () =>
        {
            await bee.GetAsync("zz");
            await DrainAsync(bee.RangeAsync());
        });
    }

    [Fact]
    public void BlockCodec_MutatedBlocks_NeverThrow()
    {
        const ulong seed = 5;
        IRandom random = new SeededRandom(seed);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = (byte[])Loop.Clone();
            for (var flips = random.Next(4); flips >= 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var cut = bytes.AsMemory(0, random.Next(bytes.Length + 1));
            if (BlockCodec.TryDecode(1, cut, out var block)) Record.Exception(() => block.Levels);
            BlockCodec.TryDecodeIndex(cut.Span, out _);
            BeeHeader.TryDecode(cut.Span, out _);
        }
    }

    [Fact]
    public async Task Hyperbee_LogTruncatedAndRewritten_ReadsTheNewBlocks()
    {
        var log = new MemoryBlockLog();
        var bee = new Hyperbee(log);
        for (var i = 0; i < 30; i++) await bee.PutAsync($"{i:d2}", "old");
        log.Truncate(11);
        await bee.PutAsync("99", "new");
        Assert.Equal("new", (await bee.GetAsync("99"))!.ValueText);
        Assert.Null(await bee.GetAsync("20"));
        Assert.Equal("old", (await bee.GetAsync("05"))!.ValueText);
    }

    [Fact]
    public async Task BeeBatch_LogGrewMeanwhile_AppendsNothing()
    {
        var log = new MemoryBlockLog();
        var bee = new Hyperbee(log);
        await bee.PutAsync("a", "1");
        await using var batch = bee.Batch();
        await batch.PutAsync("b", "2");
        await log.AppendAsync([new byte[] { 1 }], default);
        await Assert.ThrowsAsync<HyperbeeException>(async () => await batch.FlushAsync());
        Assert.Equal(3UL, log.Length);
    }

    [Fact]
    public async Task Checkout_Written_IsRefused()
    {
        var bee = new Hyperbee(new MemoryBlockLog());
        await bee.PutAsync("a", "1");
        await Assert.ThrowsAsync<HyperbeeException>(async () => await bee.Snapshot().PutAsync("b", "2"));
        await Assert.ThrowsAsync<HyperbeeException>(async () => await new Hyperbee(bee.Log, new HyperbeeOptions { ReadOnly = true }).DeleteAsync("a"));
    }

    private static async Task<Hyperbee> WithAsync(byte[] block)
    {
        var log = new MemoryBlockLog();
        await log.AppendAsync([new BeeHeader("hyperbee", null).Encode(), block], default);
        return new Hyperbee(log);
    }

    private static async Task DrainAsync<T>(IAsyncEnumerable<T> items)
    {
        await foreach (var _ in items) GC.KeepAlive(_);
    }
}
