using System.Text.Json;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Hyperbee2.Tests;

/// <summary>A store folder goes from the reference to us and back, with a tree over two cores.</summary>
public sealed class StoreTests
{
    private static readonly Bee2Options Small = new() { Degree = 3 };

    [Fact]
    public async Task Hyperbee2_StoreHandedOver_BothGoOnFromTheOther()
    {
        using var folder = new TempFolder();
        await ReferenceAsync(folder["s"], "a", "-", "k1", "k2", "k3", "k4", "long-1");
        await using (var store = await Corestore.OpenAsync(folder["s"]))
        {
            await using var a = await Hyperbee2.OpenAsync(store.Namespace("a"), options: Small);
            Assert.Equal("k2 by js ", (await a.GetAsync("k2"))!.ValueText);
            Assert.Equal(2600, (await a.GetAsync("long-1"))!.Value!.Value.Length);
            Assert.True(await a.DeleteAsync("k3"));

            await using var b = await Hyperbee2.OpenAsync(store.Namespace("b"), options: Small);
            await using var batch = b.Batch(new Bee2WriteOptions { Base = a.Head });
            batch.Put("k5", "by us");
            batch.Put("long-2", new string('x', 2000));
            Assert.Equal(2, await batch.FlushAsync());
            Assert.Equal(a.Key, (await b.GetAsync("k1"))!.Core);
            Assert.Equal([b.Key, a.Key], await b.GetCoresAsync());
        }

        var ran = await ReferenceAsync(folder["s"], "b", "-", "k6");
        Assert.Equal("k1 k2 k4 k5 k6 long-1 long-2", string.Join(' ', ran.GetProperty("entries").EnumerateArray().Select(entry => entry[0].GetString())));
        ran = await ReferenceAsync(folder["s"], "a", "b", "k7");
        Assert.Equal(8, ran.GetProperty("entries").GetArrayLength());
        await using (var store = await Corestore.OpenAsync(folder["s"]))
        {
            await using var a = await Hyperbee2.OpenAsync(store.Namespace("a"), options: Small);
            Assert.Equal("by us", (await a.GetAsync("k5"))!.ValueText);
            Assert.Equal(2000, (await a.GetAsync("long-2"))!.Value!.Value.Length);
            Assert.Equal(8, (await a.RangeAsync().ToListAsync()).Count);
            Assert.Null(await (await a.UndoAsync(2)).GetAsync("k6"));
        }
    }

    [Fact]
    public async Task Hyperbee2_CompatTree_IsReadByTheOlderHyperbee()
    {
        var group = Bee2Group.Make(1);
        for (var i = 0; i < 50; i++)
        {
            await using var batch = group.Bees[0].Batch(new Bee2WriteOptions { Format = Bee2Format.Compat });
            batch.Put($"key-{i:d2}", $"{i}");
            if (i % 5 == 4) batch.Delete($"key-{i - 2:d2}");
            await batch.FlushAsync();
        }

        var older = new Nashi.Hyperbee.Hyperbee(group.Logs[0]);
        var expected = await group.Bees[0].RangeAsync().Select(entry => entry.KeyText + entry.ValueText).ToListAsync();
        Assert.Equal(40, expected.Count);
        Assert.Equal(expected, await older.RangeAsync().Select(entry => entry.KeyText + entry.ValueText).ToListAsync());
    }

    [Fact]
    public async Task Hyperbee2_TreeOfTheOlderHyperbee_IsReadAndGoesOn()
    {
        var group = Bee2Group.Make(1);
        var older = new Nashi.Hyperbee.Hyperbee(group.Logs[0]);
        var bee = group.Bees[0];
        Assert.Null(await bee.GetAsync("a"));
        for (var i = 0; i < 50; i++) await older.PutAsync($"key-{i:d2}", $"{i}");
        await older.DeleteAsync("key-07");
        Assert.Equal("8", (await bee.GetAsync("key-08"))!.ValueText);
        Assert.Equal(49, (await bee.RangeAsync().ToListAsync()).Count);
        Assert.True(await bee.PutAsync("more", "in the current format"));
        Assert.Equal(50, (await group.Reopen(0).RangeAsync().ToListAsync()).Count);
    }

    [Fact]
    public async Task Bee2Batch_Clear_EmptiesTheTree()
    {
        var bee = Bee2Group.Make(1).Bees[0];
        await bee.PutAsync("a", "1");
        await using var batch = bee.Batch();
        batch.Clear();
        await batch.FlushAsync();
        Assert.Empty(await bee.RangeAsync().ToListAsync());
        Assert.Single(await bee.Checkout(1).RangeAsync().ToListAsync());
    }

    [Fact]
    public async Task Bee2Batch_NothingChanges_AppendsNothing()
    {
        var bee = Bee2Group.Make(1).Bees[0];
        await bee.PutAsync("a", "1");
        Assert.False(await bee.PutAsync("a", "1"));
        Assert.False(await bee.DeleteAsync("b"));
        Assert.Equal(1UL, bee.Log.Length);
    }

    [Fact]
    public async Task Hyperbee2_Range_KeepsItsBounds()
    {
        var bee = Bee2Group.Make(1, degree: 2).Bees[0];
        for (var i = 0; i < 40; i++) await bee.PutAsync($"{i:d2}", "v");
        foreach (var reverse in new[] { false, true })
        {
            var range = new BeeRange { GreaterThan = "07"u8.ToArray(), AtMost = "30"u8.ToArray(), Reverse = reverse, Limit = 100 };
            var keys = await bee.RangeAsync(range).Select(entry => entry.KeyText).ToListAsync();
            var expected = Enumerable.Range(8, 23).Select(i => $"{i:d2}");
            Assert.Equal(reverse ? expected.Reverse() : expected, keys);
            Assert.Equal(5, (await bee.RangeAsync(range with { Limit = 5 }).ToListAsync()).Count);
        }
    }

    private static async Task<JsonElement> ReferenceAsync(string folder, string name, string other, params string[] keys)
    {
        await using var peer = JsPeer.Start("hyperbee2-store.cjs", [folder, name, other, .. keys]);
        var done = await peer.NextAsync("done");
        await peer.WaitForExitAsync();
        return done;
    }
}
