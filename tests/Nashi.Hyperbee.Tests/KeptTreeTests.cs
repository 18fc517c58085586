namespace Nashi.Hyperbee.Tests;

/// <summary>What a batch keeps in memory for the next one never shows in the bytes.</summary>
public sealed class KeptTreeTests
{
    [Theory]
    [InlineData(31UL, 16_384)]
    [InlineData(32UL, 16_384)]
    [InlineData(33UL, 8)]
    [InlineData(34UL, 2)]
    public async Task Hyperbee_OneViewForAllWrites_WritesWhatAFreshViewForEachWrites(ulong seed, int cached)
    {
        var (kept, fresh) = (new MemoryBlockLog(), new MemoryBlockLog());
        var bee = new Hyperbee(kept, new HyperbeeOptions { MaxCachedBlocks = cached });
        IRandom random = new SeededRandom(seed);
        var versions = new List<ulong>();
        foreach (var operation in BeeOperation.Random(random, 500, 200, compare: true))
        {
            var (dropped, cut) = (random.Next(10) == 0, random.Next(60) == 0);
            if (dropped) await DropAsync(bee, operation);
            if (cut && versions.Count > 10)
            {
                // Inside of a batch there is no version.
                versions.RemoveRange(versions.Count - 5, 5);
                kept.Truncate(versions[^1]);
                fresh.Truncate(versions[^1]);
            }

            await operation.ApplyAsync(bee);
            await operation.ApplyAsync(new Hyperbee(fresh));
            Assert.True(kept.Length == fresh.Length, $"seed {seed}");
            versions.Add(kept.Length);
        }

        for (var i = 0UL; i < kept.Length; i++)
        {
            Assert.True(kept.TryGet(i, out var a) && fresh.TryGet(i, out var b) && a.AsSpan().SequenceEqual(b), $"seed {seed}, block {i}");
        }
    }

    [Fact]
    public async Task Hyperbee_CallerUsesItsKeyMemoryAgain_LaterWritesFindTheirPlace()
    {
        var bee = new Hyperbee(new MemoryBlockLog());
        var memory = new byte[2];
        for (var i = 0; i < 200; i++)
        {
            (memory[0], memory[1]) = ((byte)(i * 37), (byte)i);
            _ = await bee.PutAsync(memory, [(byte)i]);
        }

        var keys = new List<byte[]>();
        await foreach (var entry in bee.RangeAsync()) keys.Add(entry.Key.ToArray());
        Assert.Equal(200, keys.Count);
        Assert.Equal(keys.Select(Convert.ToHexString).Order(StringComparer.Ordinal), keys.Select(Convert.ToHexString));
    }

    private static async Task DropAsync(Hyperbee bee, BeeOperation operation)
    {
        await using var batch = bee.Batch();
        if (operation.Key.Length == 0) return;
        _ = await batch.PutAsync(operation.Key, [1, 2, 3]);
        _ = await batch.DeleteAsync(operation.Key);
    }
}
