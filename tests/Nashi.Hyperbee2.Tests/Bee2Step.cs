using System.Text.Json.Nodes;

namespace Nashi.Hyperbee2.Tests;

/// <summary>A batch for one of several trees, that can be run here and by the reference.</summary>
internal sealed record Bee2Step(int Bee, int? From, int Type, int Inline, int Block, (byte[] Key, byte[]? Value)[] Writes)
{
    /// <summary>Random batches over a small key space, so that keys are replaced, deleted and missed often, and trees go on from one another.</summary>
    public static Bee2Step[] Random(IRandom random, int bees, int count, int keys, int type)
    {
        var steps = new Bee2Step[count];
        for (var i = 0; i < count; i++)
        {
            var bee = random.Next(bees);
            int? from = bees > 1 && random.Next(3) == 0 ? random.Next(bees) : null;
            var size = random.Next(8) == 0 ? random.Next(Math.Min(keys, 400)) : 1 + random.Next(3);

            // The reference cannot write a block of the first format without a put; and where nothing changes it moves to the other tree in memory only.
            var writes = Enumerable.Range(0, size).Select(_ => Single(random, keys, type != 0)).ToArray();
            if (type == 0 || from is not null) writes = [.. writes, (Key(keys + i), [1])];
            steps[i] = new Bee2Step(bee, from, type, random.Next(4) == 0 ? 3 : 1024, random.Next(4) == 0 ? 300 : 4096, writes);
        }

        return steps;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["bee"] = Bee,
            ["type"] = Type,
            ["inline"] = Inline,
            ["block"] = Block,
            ["ops"] = new JsonArray([.. Writes.Select(write => new JsonArray(Hex(write.Key), write.Value is null ? null : Hex(write.Value)))]),
        };
        if (From is { } from) json["from"] = from;
        return json;
    }

    private static (byte[] Key, byte[]? Value) Single(IRandom random, int keys, bool deletes)
    {
        var key = Key(random.Next(keys));
        if (deletes && random.Next(5) < 2) return (key, null);
        return (key, random.Next(12) switch { 0 => [], 1 => Filled(1025 + random.Next(2000)), 2 => Filled(random.Next(40)), var n => [(byte)n] });
    }

    private static byte[] Key(int number) => System.Text.Encoding.UTF8.GetBytes(number % 7 == 0 ? $"{number}" : $"key-{number:x4}");

    private static byte[] Filled(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];

    private static JsonValue Hex(byte[] bytes) => JsonValue.Create(Convert.ToHexStringLower(bytes));
}
