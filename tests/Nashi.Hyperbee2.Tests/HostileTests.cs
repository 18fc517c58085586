using Nashi.Hyperbee2.Blocks;
using Nashi.TestKit;

namespace Nashi.Hyperbee2.Tests;

/// <summary>Trees that a stranger wrote end in a typed failure, never in a loop or a crash.</summary>
public sealed class HostileTests
{
    private static readonly TreeDelta[] Nothing = [];

    public static TheoryData<string> Names { get; } = [.. Blocks.Keys];

    private static Dictionary<string, TreeBlock> Blocks => new(StringComparer.Ordinal)
    {
        ["its own child"] = Node([Insert(0, 1, 0, 0)], [Insert(0, 1, 0, 0), Insert(1, 1, 0, 0)]),
        ["a child in a later write"] = Node([Insert(0, 1, 0, 0)], [Insert(0, 9, 0, 0), Insert(1, 1, 0, 0)]),
        ["too few children"] = Node([Insert(0, 1, 0, 0)], [Insert(0, 0, 0, 0)]),
        ["a node without keys"] = Node(Nothing, [Insert(0, 0, 0, 0)]),
        ["no such node"] = Node([Insert(0, 1, 0, 0)], [Insert(0, 0, 5, 0), Insert(1, 0, 6, 0)]),
        ["no such key"] = Node([Insert(0, 1, 7, 0)], Nothing),
        ["a key twice"] = Node([Insert(0, 1, 0, 0), Insert(1, 1, 0, 0)], Nothing),
        ["a key nowhere"] = Node([new TreeDelta(DeltaKind.Insert, 0, null)], Nothing),
        ["a step out of bounds"] = Node([Insert(4, 1, 0, 0)], Nothing),
        ["no such cohort"] = Node([new TreeDelta(DeltaKind.Cohort, 0, new TreePointer(0, 1, 3))], Nothing),
        ["a cohort nowhere"] = Node([new TreeDelta(DeltaKind.Cohort, 0, null)], Nothing),
        ["a cohort of cohorts"] = Node([new TreeDelta(DeltaKind.Cohort, 0, new TreePointer(0, 1, 0))], Nothing) with { Cohorts = [[new TreeDelta(DeltaKind.Cohort, 0, new TreePointer(0, 1, 0))]] },
        ["too many steps"] = Node([.. Enumerable.Repeat(Insert(0, 1, 0, 0), 5000)], Nothing),
        ["too many keys"] = Node([.. Enumerable.Repeat(Insert(0, 1, 0, 0), 300)], Nothing),
        ["a core not listed"] = Node([Insert(0, 1, 0, 4)], Nothing),
        ["a core not listed by its checkpoint"] = Node([Insert(0, 1, 0, 4)], Nothing) with { Checkpoint = 1 },
        ["a checkpoint to come"] = Node([Insert(0, 1, 0, 4)], Nothing) with { Checkpoint = 70 },
        ["the middle of a write"] = Node([Insert(0, 1, 0, 0)], Nothing) with { BatchEnd = 3 },
        ["no node"] = new TreeBlock(),
        ["a value nowhere"] = Node([Insert(0, 1, 0, 0)], Nothing) with { Keys = [new BlockKey("k"u8.ToArray(), null, new ValueLocation(0, 1, 3, 0))] },
        ["a value in pieces"] = Node([Insert(0, 1, 0, 0)], Nothing) with { Keys = [new BlockKey("k"u8.ToArray(), null, new ValueLocation(0, 1, 0, 1))] },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Hyperbee2_HostileBlock_FailsTyped(string name)
    {
        var bee = await WithAsync(TreeBlockCodec.Encode(Blocks[name]));
        await Assert.ThrowsAsync<Hyperbee2Exception>(async () =>
        {
            await bee.GetAsync("a");
            await bee.GetAsync("k");
            await bee.GetAsync("z");
        });
        await Assert.ThrowsAsync<Hyperbee2Exception>(async () => await bee.RangeAsync().ToListAsync());
        await Assert.ThrowsAsync<Hyperbee2Exception>(async () => await bee.RangeAsync(new() { Reverse = true }).ToListAsync());
        await Assert.ThrowsAsync<Hyperbee2Exception>(async () => await bee.DiffAsync(bee.Checkout(0)).ToListAsync());
    }

    [Fact]
    public async Task Hyperbee2_HistoryInCircles_FailsTyped()
    {
        var bee = await WithAsync(TreeBlockCodec.Encode(Node([Insert(0, 1, 0, 0)], Nothing) with { Previous = new BlockPointer(0, 1) }));
        await Assert.ThrowsAsync<Hyperbee2Exception>(async () => await bee.ChangesAsync().ToListAsync());
        bee = await WithAsync(TreeBlockCodec.Encode(Node([Insert(0, 1, 0, 0)], Nothing) with { BatchStart = 1UL << 50 }));
        await Assert.ThrowsAsync<Hyperbee2Exception>(async () => await bee.ChangesAsync().ToListAsync());
    }

    [Fact]
    public async Task Hyperbee2_MoreCoresThanAllowed_FailsTyped()
    {
        var group = Bee2Group.Make(3);
        await group.Bees[0].PutAsync("a", "1");
        await Extend(group, 1, 0);
        await Extend(group, 2, 1);
        Assert.Equal(3, (await group.Reopen(2).RangeAsync().ToListAsync()).Count);
        var error = await Assert.ThrowsAsync<Hyperbee2Exception>(async () => await group.Reopen(2, new Bee2Options { MaxCores = 2 }).RangeAsync().ToListAsync());
        Assert.Equal("TOO_MANY_CORES", error.Code);

        static async Task Extend(Bee2Group group, int to, int from)
        {
            await using var batch = group.Bees[to].Batch(new Bee2WriteOptions { Base = group.Bees[from].Head });
            batch.Put($"from {from}", "x");
            await batch.FlushAsync();
        }
    }

    [Fact]
    public async Task Hyperbee2_MutatedBlocks_NeverFailOtherwise()
    {
        const ulong seed = 7;
        IRandom random = new SeededRandom(seed);
        var group = Bee2Group.Make(1, degree: 2);
        for (var i = 0; i < 40; i++) await group.Bees[0].PutAsync($"{i * 7 % 40}", "v");
        for (var round = 0; round < 100; round++)
        {
            var mutated = Bee2Group.Make(1, degree: 2);
            for (var i = 0; i < 40; i++)
            {
                Assert.True(group.Logs[0].TryGet((ulong)i, out var block));
                var bytes = (byte[])block.Clone();
                if (i >= 30) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                await mutated.Logs[0].AppendAsync([bytes], default);
            }

            var bee = mutated.Reopen(0);
            foreach (var read in new Func<Task>[] { () => bee.RangeAsync().ToListAsync().AsTask(), () => bee.ChangesAsync().ToListAsync().AsTask(), () => bee.DeleteAsync("7").AsTask() })
            {
                var error = await Record.ExceptionAsync(read);
                Assert.True(error is null or Hyperbee2Exception, $"seed {seed}, round {round}: {error}");
            }
        }
    }

    private static TreeDelta Insert(byte index, ulong seq, int offset, int core) => new(DeltaKind.Insert, index, new TreePointer(core, seq, offset));

    private static TreeBlock Node(TreeDelta[] keys, TreeDelta[] children)
        => new() { Nodes = [new BlockNode(keys, children)], Keys = [new BlockKey("k"u8.ToArray(), "v"u8.ToArray(), null)] };

    // The hostile block is block 1; block 0 is an honest one with the key "b".
    private static async Task<Hyperbee2> WithAsync(byte[] block)
    {
        var group = Bee2Group.Make(1);
        await group.Bees[0].PutAsync("b", "1");
        await group.Logs[0].AppendAsync([block], default);
        return group.Reopen(0);
    }
}
