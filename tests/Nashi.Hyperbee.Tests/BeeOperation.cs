using System.Text.Json.Nodes;

namespace Nashi.Hyperbee.Tests;

/// <summary>One write, or a batch of writes, that can be run here and by the reference.</summary>
internal sealed record BeeOperation(string Kind, byte[] Key, byte[]? Value, bool? Compare, BeeOperation[] Inner)
{
    /// <summary>A random sequence over a small key space, so that keys are replaced, deleted and missed often.</summary>
    public static BeeOperation[] Random(IRandom random, int count, int keys, bool compare)
        => [.. Enumerable.Range(0, count).Select(_ => Next(random, keys, compare))];

    public async Task ApplyAsync(Hyperbee bee)
    {
        if (Kind == "put") await bee.PutAsync(Key, Value, Asked());
        else if (Kind == "del") await bee.DeleteAsync(Key, Asked());
        else await ApplyBatchAsync(bee);
    }

    public JsonArray ToJson() => Kind switch
    {
        "batch" => ["batch", new JsonArray([.. Inner.Select(inner => inner.ToJson())])],
        "put" => With([Kind, Hex(Key), Value is null ? null : Hex(Value)]),
        _ => With([Kind, Hex(Key)]),
    };

    private static BeeOperation Next(IRandom random, int keys, bool compare)
    {
        if (Below(random, 12) > 0) return Single(random, keys, compare);
        return new BeeOperation("batch", [], null, null, [.. Enumerable.Range(0, Below(random, 40)).Select(_ => Single(random, keys, compare))]);
    }

    private static BeeOperation Single(IRandom random, int keys, bool compare)
    {
        var number = Below(random, keys);
        var key = System.Text.Encoding.UTF8.GetBytes(number % 7 == 0 ? $"{number}" : $"key-{number:x4}");
        bool? asked = compare && Below(random, 4) == 0 ? Below(random, 2) == 0 : null;
        if (Below(random, 5) < 2) return new BeeOperation("del", key, null, asked, []);
        var value = Below(random, 10) switch { 0 => null, 1 => [], var n => new byte[] { (byte)n } };
        return new BeeOperation("put", key, value, asked, []);
    }

    private static int Below(IRandom random, int limit)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.Fill(bytes);
        return (int)(BitConverter.ToUInt32(bytes) % (uint)limit);
    }

    private static JsonValue Hex(byte[] bytes) => JsonValue.Create(Convert.ToHexStringLower(bytes));

    private JsonArray With(JsonArray array)
    {
        if (Compare is { } flag) array.Add(flag);
        return array;
    }

    private BeeCompare? Asked() => Compare is { } flag ? (_, _) => flag : null;

    private async Task ApplyBatchAsync(Hyperbee bee)
    {
        await using var batch = bee.Batch();
        foreach (var inner in Inner)
        {
            if (inner.Kind == "put") await batch.PutAsync(inner.Key, inner.Value, inner.Asked());
            else await batch.DeleteAsync(inner.Key, inner.Asked());
        }

        await batch.FlushAsync();
    }
}
