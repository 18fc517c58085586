using Nashi.TestKit;
using System.Globalization;

namespace Nashi.Fuzz;

/// <summary>No input makes a decoder throw, or allocate more than a fixed multiple of what was sent.</summary>
/// <remarks>NASHI_FUZZ_INPUTS and NASHI_FUZZ_SEED make a run longer or repeat one.</remarks>
public sealed class DecoderTests
{
    private static readonly int Inputs = Setting("NASHI_FUZZ_INPUTS", 20_000);
    private static readonly int Seed = Setting("NASHI_FUZZ_SEED", 1);

    public static TheoryData<string> Names { get; } = new(Targets.All.Select(target => target.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_AnyBytes_NeitherThrowsNorAllocatesMuch(string name)
    {
        var target = Find(name);
        var mutator = new Mutator([.. Corpus.Load(target), .. CorpusFile.Load(name)], (ulong)Seed);
        var accepted = 0;
        for (var i = 0; i < Inputs; i++) accepted += Try(target, mutator.Next(), i) ? 1 : 0;
        Assert.True(accepted > 0, $"{name} accepted nothing: its corpus is of another format.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_WhatFuzzingKept_NeitherThrowsNorAllocatesMuch(string name)
    {
        var kept = CorpusFile.Load(name);
        Assert.NotEmpty(kept);
        for (var i = 0; i < kept.Count; i++) _ = Try(Find(name), kept[i], i);
    }

    private static Target Find(string name) => Targets.All.Single(target => target.Name == name);

    private static bool Try(Target target, byte[] input, int number)
    {
        var accepted = Trial.Run(target, input, out var fault);
        if (fault is not null) Assert.Fail($"{target.Name}, seed {Seed}, input {number}: {Convert.ToHexStringLower(input.AsSpan(0, Math.Min(400, input.Length)))}: {fault}");
        return accepted;
    }

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
