using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.TestKit;

namespace Nashi.Hyperbee2.Tests;

/// <summary>The same writes, done by the reference and by us, give the same blocks, and both read the same out of them.</summary>
public sealed class ReferenceTests
{
    [Theory]
    [InlineData(1UL, 1, 2, 120, 30, 1)]
    [InlineData(2UL, 1, 3, 200, 200, 1)]
    [InlineData(3UL, 1, 4, 100, 1000, 1)]
    [InlineData(4UL, 1, 128, 60, 3000, 1)]
    [InlineData(5UL, 3, 2, 120, 40, 1)]
    [InlineData(6UL, 4, 5, 150, 400, 1)]
    [InlineData(7UL, 3, 128, 60, 2000, 1)]
    [InlineData(8UL, 1, 128, 60, 600, 0)]
    [InlineData(9UL, 3, 128, 60, 600, 0)]
    [InlineData(10UL, 1, 128, 120, 150, 10)]
    [InlineData(11UL, 3, 3, 150, 80, 1)]
    [InlineData(12UL, 5, 2, 250, 60, 1)]
    public async Task Hyperbee2_RandomWrites_BlocksEqualReference(ulong seed, int bees, int degree, int count, int keys, int type)
    {
        var steps = Bee2Step.Random(new SeededRandom(seed), bees, count, keys, type);
        var ran = await RunAsync(bees, degree, steps, seed);
        var ours = await Bee2Group.RunAsync(ran, degree, steps);
        for (var i = 0; i < bees; i++)
        {
            var expected = ran[i].GetProperty("blocks");
            for (var seq = 0; seq < expected.GetArrayLength(); seq++)
            {
                Assert.True(ours.Logs[i].TryGet((ulong)seq, out var block), $"seed {seed}, tree {i}: no block {seq}");
                Assert.True(expected[seq].GetString() == Convert.ToHexStringLower(block), $"seed {seed}, tree {i}, block {seq}:\n{expected[seq]}\n{Convert.ToHexStringLower(block)}");
            }

            Assert.Equal((ulong)expected.GetArrayLength(), ours.Logs[i].Length);
            await AssertReadsAsync(ran[i], ours.Bees[i]);

            // Nothing of the writers' memory: all from the blocks.
            await AssertReadsAsync(ran[i], ours.Reopen(i));
        }
    }

    private static async Task<JsonElement> RunAsync(int bees, int degree, Bee2Step[] steps, ulong seed)
    {
        await using var peer = JsPeer.Start("hyperbee2-run.cjs");
        await peer.SendAsync(new JsonObject { ["t"] = degree, ["bees"] = bees, ["steps"] = new JsonArray([.. steps.Select(step => step.ToJson())]) });
        var ran = await peer.NextAsync("ran");
        Assert.True(ran.GetProperty("bees").GetArrayLength() == bees, $"seed {seed}");
        return ran.GetProperty("bees");
    }

    private static async Task AssertReadsAsync(JsonElement expected, Hyperbee2 bee)
    {
        var entries = await bee.RangeAsync().ToListAsync();
        Assert.Equal(
            expected.GetProperty("entries").EnumerateArray().Select(row => row.GetRawText()),
            entries.Select(e => $"[{Json(e.Key)},{Json(e.Value)},{Json(e.Core.Value.AsSpan().ToArray())},{e.Seq},{e.Offset}]"));
        var reversed = await bee.RangeAsync(new BeeRange { Reverse = true }).ToListAsync();
        Assert.Equal(entries.Select(e => e.Seq), reversed.Select(e => e.Seq).Reverse());
        foreach (var entry in entries.Where((_, i) => i % 7 == 0)) Assert.Equal(Json(entry.Value), Json((await bee.GetAsync(entry.Key))!.Value));
        var changes = await bee.ChangesAsync().ToListAsync();
        Assert.Equal(expected.GetProperty("changes").EnumerateArray().Select(row => row.GetRawText()), changes.Select(c => $"[{Json(c.Head.Key.Value.AsSpan().ToArray())},{c.Head.Length}]"));
        var diff = await bee.DiffAsync(bee.Log.Length == 0 ? bee : bee.Checkout(expected.GetProperty("half").GetUInt64())).ToListAsync();
        Assert.Equal(expected.GetProperty("diff").EnumerateArray().Select(row => row.GetRawText()), diff.Select(d => $"[{Json(d.Key)},{Number(d.Left)},{Number(d.Right)}]"));
    }

    private static string Json(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? $"\"{Convert.ToHexStringLower(some.Span)}\"" : "null";

    private static string Number(Bee2Entry? entry) => entry is null ? "null" : entry.Seq.ToString(CultureInfo.InvariantCulture);
}
