using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.TestKit;

namespace Nashi.Hyperbee.Tests;

/// <summary>The same operations, run by the reference and by us, give the same blocks.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData(1UL, 400, 12, false, true)]
    [InlineData(2UL, 600, 60, false, true)]
    [InlineData(3UL, 900, 400, false, true)]
    [InlineData(4UL, 900, 3000, true, true)]
    [InlineData(5UL, 600, 50, true, false)]
    [InlineData(6UL, 600, 300, false, false)]
    public async Task Hyperbee_RandomOperations_BlocksEqualReference(ulong seed, int count, int keys, bool compare, bool alwaysDuplicate)
    {
        var operations = BeeOperation.Random(new SeededRandom(seed), count, keys, compare);
        await using var peer = JsPeer.Start("hyperbee-run.cjs");
        await peer.SendAsync(new JsonObject
        {
            ["id"] = seed,
            ["alwaysDuplicate"] = alwaysDuplicate,
            ["ops"] = new JsonArray([.. operations.Select(operation => operation.ToJson())]),
        });

        var log = new MemoryBlockLog();
        var bee = new Hyperbee(log, new HyperbeeOptions { AlwaysDuplicate = alwaysDuplicate });
        foreach (var operation in operations) await operation.ApplyAsync(bee);

        var ran = await peer.NextAsync("ran");
        AssertBlocks(ran.GetProperty("blocks"), log, seed);
        await AssertReadsAsync(ran, bee);
    }

    private static void AssertBlocks(JsonElement expected, MemoryBlockLog log, ulong seed)
    {
        for (var i = 0; i < Math.Min(expected.GetArrayLength(), (int)log.Length); i++)
        {
            Assert.True(log.TryGet((ulong)i, out var block));
            Assert.True(expected[i].GetString() == Convert.ToHexStringLower(block), $"seed {seed}, block {i}:\n{expected[i]}\n{Convert.ToHexStringLower(block)}");
        }

        Assert.Equal(expected.GetArrayLength(), (int)log.Length);
    }

    private static async Task AssertReadsAsync(JsonElement ran, Hyperbee bee)
    {
        var history = new List<string>();
        await foreach (var change in bee.HistoryAsync()) history.Add($"[\"{(change.Kind == BeeChangeKind.Put ? "put" : "del")}\",{change.Entry.Seq},{Json(change.Entry.Key)},{Json(change.Entry.Value)}]");
        Assert.Equal(ran.GetProperty("history").EnumerateArray().Select(row => row.GetRawText()), history);

        var range = new List<ulong>();
        await foreach (var entry in bee.RangeAsync()) range.Add(entry.Seq);
        Assert.Equal(ran.GetProperty("range").EnumerateArray().Select(row => row.GetUInt64()), range);

        var diff = new List<string>();
        await foreach (var row in bee.DiffAsync(ran.GetProperty("half").GetUInt64())) diff.Add($"[{Number(row.Left)},{Number(row.Right)}]");
        Assert.Equal(ran.GetProperty("diff").EnumerateArray().Select(row => row.GetRawText()), diff);
    }

    private static string Json(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? $"\"{Convert.ToHexStringLower(some.Span)}\"" : "null";

    private static string Number(BeeEntry? entry) => entry is null ? "null" : $"{entry.Seq}";
}
