using System.Text.Json;
using Nashi.Encoding;
using Nashi.Hyperbee;
using Nashi.TestKit;

namespace Nashi.Hyperbee2.Tests;

/// <summary>Several trees in memory that can go on from one another.</summary>
internal sealed class Bee2Group
{
    private readonly int _degree;

    public Bee2Group(IEnumerable<CoreKey> keys, int degree)
    {
        _degree = degree;
        Keys = [.. keys];
        Logs = [.. Keys.Select(_ => new MemoryBlockLog())];
        Bees = [.. Keys.Select((_, i) => Reopen(i))];
    }

    public CoreKey[] Keys { get; }

    public MemoryBlockLog[] Logs { get; }

    public Hyperbee2[] Bees { get; }

    public static async Task<Bee2Group> RunAsync(JsonElement reference, int degree, Bee2Step[] steps)
    {
        var group = new Bee2Group(reference.EnumerateArray().Select(bee => new CoreKey(bee.Bytes("key"))), degree);
        foreach (var step in steps) await group.ApplyAsync(step);
        return group;
    }

    public static Bee2Group Make(int count, int degree = 128)
        => new(Enumerable.Range(1, count).Select(i => new CoreKey(new Bytes32([.. Enumerable.Repeat((byte)i, 32)]))), degree);

    public Hyperbee2 Reopen(int index, Bee2Options? options = null)
        => new(Keys[index], Logs[index], (key, _) => ValueTask.FromResult<IBlockLog>(Logs[Array.IndexOf(Keys, key)]), (options ?? Bee2Options.Default) with { Degree = _degree });

    public async Task ApplyAsync(Bee2Step step)
    {
        Bee2Head? head = step.From is { } from && Logs[from].Length > 0 ? new Bee2Head(Keys[from], Logs[from].Length) : null;
        var options = new Bee2WriteOptions { Base = head, Format = (Bee2Format)step.Type, InlineValueSize = step.Inline, PreferredBlockSize = step.Block };
        await using var batch = Bees[step.Bee].Batch(options);
        foreach (var (key, value) in step.Writes)
        {
            if (value is null) batch.Delete(key);
            else batch.Put(key, value);
        }

        await batch.FlushAsync();
    }
}
