using System.Globalization;

namespace Nashi.Fuzz;

/// <summary>No input makes a decoder throw, or allocate more than a fixed multiple of what was sent.</summary>
/// <remarks>NASHI_FUZZ_INPUTS and NASHI_FUZZ_SEED make a run longer or repeat one.</remarks>
public sealed class DecoderTests
{
    private const int FixedBytes = 128 * 1024;

    private static readonly int Inputs = Setting("NASHI_FUZZ_INPUTS", 20_000);
    private static readonly int Seed = Setting("NASHI_FUZZ_SEED", 1);

    public static TheoryData<string> Names { get; } = new(Targets.All.Select(target => target.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void Decode_AnyBytes_NeitherThrowsNorAllocatesMuch(string name)
    {
        var target = Targets.All.Single(t => t.Name == name);
        var mutator = new Mutator(Corpus.Load(target.Corpus.Where(HasCorpus)), (ulong)Seed);
        var accepted = 0;
        for (var i = 0; i < Inputs; i++) accepted += Try(target, mutator.Next(), i) ? 1 : 0;
        Assert.True(accepted > 0, $"{name} accepted nothing: its corpus is of another format.");
    }

    private static bool Try(Target target, byte[] input, int number)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        bool accepted;
        try
        {
            accepted = target.Decode(input);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(Describe(target, input, number), error);
        }

        var spent = GC.GetAllocatedBytesForCurrentThread() - before;
        var allowed = FixedBytes + ((long)input.Length * target.BytesPerByte);
        Assert.True(spent <= allowed, $"{spent} bytes allocated, {allowed} allowed. {Describe(target, input, number)}");
        return accepted;
    }

    private static bool HasCorpus(string area) =>
        area.StartsWith("text:", StringComparison.Ordinal) || area.StartsWith("hex:", StringComparison.Ordinal) || File.Exists(TestKit.Repository.PathOf("tests", "vectors", area + ".json"));

    private static string Describe(Target target, byte[] input, int number) =>
        $"{target.Name}, seed {Seed}, input {number}: {Convert.ToHexStringLower(input.AsSpan(0, Math.Min(400, input.Length)))}";

    private static int Setting(string name, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : fallback;
}
