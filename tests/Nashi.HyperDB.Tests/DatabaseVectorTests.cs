using System.Text.Json;
using Nashi.Hyperbee;

namespace Nashi.HyperDB.Tests;

/// <summary>The reference's transactions, run by us, make its blocks; and its blocks are read as it reads them.</summary>
public sealed class DatabaseVectorTests
{
    private static JsonElement Generations { get; } = TestKit.Vectors.Load("hyperdb").GetProperty("generations");

    [Fact]
    public async Task Database_WithTheReferencesTransactions_HasItsBlocks()
    {
        var log = new MemoryBlockLog();
        var tree = new Hyperbee.Hyperbee(log);
        for (var generation = 1; generation <= 2; generation++)
        {
            var vectors = Generations[generation - 1];
            var program = ITypedProgram.Create(generation, tree);
            foreach (var transaction in vectors.GetProperty("transactions").EnumerateArray()) await program.RunAsync(transaction);
            AssertBlocks(vectors.GetProperty("blocks"), log);
            await AssertFoundAsync(vectors.GetProperty("found"), program);
        }
    }

    [Fact]
    public async Task Database_OfTheReferencesBlocks_IsReadAsTheReferenceReadsIt()
    {
        for (var generation = 1; generation <= 2; generation++)
        {
            var (vectors, log) = (Generations[generation - 1], new MemoryBlockLog());
            await log.AppendAsync([.. vectors.GetProperty("blocks").EnumerateArray().Select(block => (ReadOnlyMemory<byte>)Convert.FromHexString(block.GetString()!))], default);
            await AssertFoundAsync(vectors.GetProperty("found"), ITypedProgram.Create(generation, new Hyperbee.Hyperbee(log)));
        }
    }

    [Fact]
    public async Task Database_OfOldRecords_IsReadByTheNewProgram()
    {
        var (vectors, log) = (Generations[0], new MemoryBlockLog());
        await log.AppendAsync([.. vectors.GetProperty("blocks").EnumerateArray().Select(block => (ReadOnlyMemory<byte>)Convert.FromHexString(block.GetString()!))], default);
        var program = ITypedProgram.Create(2, new Hyperbee.Hyperbee(log));
        await AssertFoundAsync(vectors.GetProperty("found"), program);
        Assert.Empty(await program.FindAsync("by-age"));
    }

    private static void AssertBlocks(JsonElement expected, MemoryBlockLog log)
    {
        for (var i = 0; i < Math.Min(expected.GetArrayLength(), (int)log.Length); i++)
        {
            Assert.True(log.TryGet((ulong)i, out var block));
            Assert.True(expected[i].GetString() == Convert.ToHexStringLower(block), $"block {i}:\n{expected[i]}\n{Convert.ToHexStringLower(block)}");
        }

        Assert.Equal(expected.GetArrayLength(), (int)log.Length);
    }

    private static async Task AssertFoundAsync(JsonElement expected, ITypedProgram program)
    {
        foreach (var found in expected.EnumerateObject())
            Assert.Equal(found.Value.EnumerateArray().Select(record => record.GetString()), await program.FindAsync(found.Name));
    }
}
