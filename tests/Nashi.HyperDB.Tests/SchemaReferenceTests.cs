using System.Text.Json.Nodes;
using Nashi.Hyperschema;
using Nashi.TestKit;

namespace Nashi.HyperDB.Tests;

/// <summary>Random values, both ways: made by the reference and read by us, and made by us and read by the reference.</summary>
public sealed class SchemaReferenceTests
{
    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    [InlineData(3, 1)]
    public async Task Codec_OfRandomValues_AgreesWithTheReferenceBothWays(int seed, int version)
    {
        await using var peer = await TypedPeer.StartAsync();
        foreach (var (type, again) in Codecs.All)
        {
            var made = await peer.ListAsync("random", "values", new() { ["type"] = type, ["seed"] = seed, ["count"] = 12, ["version"] = version });
            foreach (var value in made) Assert.True(value == Ours(again, value!, version), $"seed {seed}, {type}: {value} became {Ours(again, value!, version)}");

            // Bytes with errors in them give values that nobody thought of; what we write of one, the reference reads and writes just so.
            string[] ours = [.. Mutants(made, seed).Select(value => Ours(again, value, version)).OfType<string>().Distinct()];
            var theirs = await peer.ListAsync("again", "values", new() { ["type"] = type, ["version"] = version, ["values"] = new JsonArray([.. ours.Select(value => (JsonNode)value)]) });
            for (var i = 0; i < ours.Length; i++) Assert.True(ours[i] == theirs[i], $"seed {seed}, {type}: our {ours[i]} became {theirs[i]}");
        }
    }

    private static string? Ours(Codecs.Again again, string value, int version)
    {
        try
        {
            return again(Convert.FromHexString(value), (ulong)version) is { } bytes ? Convert.ToHexStringLower(bytes) : null;
        }
        catch (HyperschemaException error) when (error.Code == "ENCODING_ERROR")
        {
            // A number of an enum that has no name is kept when read, and refused when written, as the reference does.
            return null;
        }
    }

    private static IEnumerable<string> Mutants(IEnumerable<string?> made, int seed)
    {
        var mutator = new Mutator([.. made.Select(value => Convert.FromHexString(value!))], (ulong)seed);
        for (var i = 0; i < 250; i++) yield return Convert.ToHexStringLower(mutator.Next());
    }
}
