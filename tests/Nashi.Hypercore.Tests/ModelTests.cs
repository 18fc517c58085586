using CsCheck;
using Nashi.Hypercore.State;
using Nashi.Storage;
using Xunit;

namespace Nashi.Hypercore.Tests;

/// <summary>A core does what a list of blocks would do.</summary>
public sealed class ModelTests
{
    private static readonly Gen<(int Kind, int A, int B)> Step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 70_000], Gen.Int[0, 40_000]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Core_AnySteps_BehavesAsAList() => await Gen.Select(Step.List[1, 25], Gen.Bool).SampleAsync(async (steps, encrypted) => await RunAsync(steps, encrypted), iter: 60);

    [Fact]
    public void Bitfield_AnyRanges_BehavesAsASet() => Gen.Select(Gen.Int[0, 100_000], Gen.Int[0, 70_000], Gen.Bool).List[1, 12].Sample(
        ranges =>
        {
            var (bits, model) = (new Bitfield(), new bool[200_000]);
            foreach (var (start, count, value) in ranges)
            {
                bits.SetRange((ulong)start, (ulong)(start + count), value);
                Array.Fill(model, value, start, count);
            }

            foreach (var (start, count, _) in ranges)
            {
                foreach (var at in new[] { start, start + count, (start + count) / 2, Math.Max(0, start - 1) })
                {
                    Assert.Equal(model[at], bits.Get((ulong)at));
                    foreach (var value in new[] { true, false })
                    {
                        var first = Array.IndexOf(model, value, at);
                        Assert.Equal(first < 0 ? Bitfield.None : (ulong)first, bits.FindFirst(value, (ulong)at));
                        var last = Array.LastIndexOf(model, value, at);
                        Assert.Equal(last < 0 ? Bitfield.None : (ulong)last, bits.FindLast(value, (ulong)at));
                    }

                    var words = new uint[70];
                    var from = at / 32 * 32;
                    Assert.Equal(model.AsSpan(from, 70 * 32).Contains(true), bits.CopyBits((ulong)from, words));
                    for (var i = 0; i < 70 * 32; i++) Assert.Equal(model[from + i], (words[i / 32] >> (i % 32) & 1) == 1);
                }
            }
        },
        iter: 60);

    private static async Task RunAsync(List<(int Kind, int A, int B)> steps, bool encrypted)
    {
        await using var store = CorestoreStorage.CreateInMemory();
        var options = new CoreOptions { KeyPair = Nashi.Cryptography.KeyPair.FromSeed(new byte[32]), EncryptionKey = encrypted ? new byte[32] : ReadOnlyMemory<byte>.Empty };
        var core = Core.Open(store, null, options);
        var model = new List<byte[]?>();
        var (fork, version) = (0UL, 0);
        var snapshots = new List<(Core Core, List<byte[]?> Blocks, int Intact)>();
        foreach (var (kind, a, b) in steps)
        {
            switch (kind)
            {
                case 0:
                    await core.AppendAsync(BlockOf(version, model.Count), Cancel);
                    model.Add(BlockOf(version, model.Count));
                    break;
                case 1:
                    var many = Enumerable.Range(model.Count, b % 300).Select(i => BlockOf(version, i)).ToList();
                    await core.AppendAsync([.. many.Select(block => (ReadOnlyMemory<byte>)block)], Cancel);
                    model.AddRange(many);
                    break;
                case 2 when model.Count > 0:
                    var length = a % (model.Count + 1);
                    await core.TruncateAsync((ulong)length, null, Cancel);
                    model.RemoveRange(length, model.Count - length);
                    snapshots = [.. snapshots.Select(snapshot => snapshot with { Intact = Math.Min(snapshot.Intact, length) })];
                    (fork, version) = (fork + 1, version + 1);
                    break;
                case 3 when model.Count > 0:
                    var (start, end) = (a % model.Count, Math.Min(model.Count, (a % model.Count) + (b % 50)));
                    await core.ClearAsync((ulong)start, (ulong)end, Cancel);
                    for (var i = start; i < end; i++) model[i] = null;
                    break;
                case 4:
                    snapshots.Add((core.Snapshot(), [.. model], model.Count));
                    break;
                case 5:
                    foreach (var snapshot in snapshots) await snapshot.Core.DisposeAsync();
                    snapshots.Clear();
                    await core.DisposeAsync();
                    await Assert.ThrowsAsync<SessionClosedException>(async () => await core.GetAsync(0, null, Cancel));
                    core = Core.Open(store, null, options);
                    break;
            }
        }

        Assert.Equal((ulong)model.Count, core.Length);
        Assert.Equal(fork, core.Fork);
        Assert.Equal((ulong)(model.IndexOf(null) is var gap && gap < 0 ? model.Count : gap), core.ContiguousLength);
        for (var i = 0; i < model.Count; i++) Check(core, i, model[i]);
        foreach (var (snapshot, blocks, intact) in snapshots)
        {
            Assert.Equal((ulong)blocks.Count, snapshot.Length);
            for (var i = 0; i < intact; i++) Check(snapshot, i, model[i]);
            for (var i = intact; i < blocks.Count; i++) Assert.False(snapshot.TryGet((ulong)i, out _));
            await snapshot.DisposeAsync();
        }

        await core.DisposeAsync();
    }

    private static void Check(Core core, int index, byte[]? expected)
    {
        Assert.Equal(expected is not null, core.Has((ulong)index));
        Assert.Equal(expected is not null, core.TryGet((ulong)index, out var block));
        if (expected is not null) Assert.Equal(expected, block);
    }

    private static byte[] BlockOf(int version, int index) => BitConverter.GetBytes((version * 1_000_003) + index)[..(1 + (index % 4))];
}
