using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.Seam;
using Nashi.Hypercore.State;
using Nashi.Storage;
using Xunit;

namespace Nashi.Hypercore.Tests;

public sealed class ProofTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Proof_RandomTreesAndRequests_BringTheReaderToTheSameState(int seed)
    {
        var random = new SeededRandom((ulong)seed);
        for (var run = 0; run < 15; run++)
        {
            await using var writer = Core.CreateInMemory();
            await using var reader = OpenReader(writer);
            while (writer.Length < 200)
            {
                for (var i = random.NextUInt32() % 40; i > 0; i--) await writer.AppendAsync(RandomBlock(random), Cancel);
                await SyncSomeAsync(writer.State, reader.State, random);
            }

            await UpgradeAsync(writer.State, reader.State, writer.Length);
            while (reader.ContiguousLength < writer.Length) await FetchAsync(writer.State, reader.State, reader.State.FindFirst(false, 0));
            Assert.Equal(writer.TreeHash, reader.TreeHash);
            for (var i = 0UL; i < writer.Length; i++) Assert.Equal(await writer.GetAsync(i, null, Cancel), await reader.GetAsync(i, null, Cancel));
            Assert.Equal(writer.ByteLength, reader.ByteLength);
        }
    }

    [Fact]
    public async Task Proof_AnyNodeChanged_IsRefusedAndNothingIsStored()
    {
        await using var writer = Core.CreateInMemory();
        for (var i = 0; i < 37; i++) await writer.AppendAsync(BitConverter.GetBytes(i), Cancel);
        var request = new ProofRequest { Block = new(30, 0), Upgrade = new(0, 33) };
        var proof = await RequireAsync(writer.State, request);
        var count = 0;
        foreach (var bad in Mutations.Of(proof))
        {
            await using var reader = OpenReader(writer);
            var outcome = await reader.State.VerifyAndStoreAsync(bad);
            Assert.False(outcome.IsAccepted, $"mutation {count} was taken: {bad} {string.Join(" ", bad.Upgrade!.Value.Nodes.ToArray())} + {string.Join(" ", bad.Upgrade!.Value.AdditionalNodes.ToArray())} not {proof} {string.Join(" ", proof.Upgrade!.Value.Nodes.ToArray())} + {string.Join(" ", proof.Upgrade!.Value.AdditionalNodes.ToArray())}");
            Assert.Equal(0UL, reader.Length);
            count++;
        }

        Assert.True(count > 50, $"{count} mutations");
        await using var last = OpenReader(writer);
        Assert.True((await last.State.VerifyAndStoreAsync(proof)).IsAccepted);
        Assert.Equal(37UL, last.Length);
        Assert.True(last.Has(30));
    }

    [Fact]
    public async Task Proof_OfAWrongBlock_IsAChecksumError()
    {
        await using var writer = Core.CreateInMemory();
        for (var i = 0; i < 20; i++) await writer.AppendAsync(BitConverter.GetBytes(i), Cancel);
        await using var reader = OpenReader(writer);
        await UpgradeAsync(writer.State, reader.State, 20);
        var proof = await RequireAsync(writer.State, new ProofRequest { Block = new(3, await reader.State.MissingNodesAsync(6)) });
        var bad = proof with { Block = proof.Block!.Value with { Value = new byte[4] } };
        Assert.Equal(ProofRefusal.InvalidChecksum, (await reader.State.VerifyAndStoreAsync(bad)).Refusal);
        Assert.Equal(ProofRefusal.WrongFork, (await reader.State.VerifyAndStoreAsync(proof with { Fork = 1 })).Refusal);
        var many = Enumerable.Range(0, 20).Select(async i => await FetchAsync(writer.State, reader.State, (ulong)i)).ToArray();
        await Task.WhenAll(many);
        Assert.Equal(20UL, reader.ContiguousLength);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    public async Task Proof_OfASeek_NarrowsToTheByte(ulong padding)
    {
        var options = new CoreOptions { KeyPair = KeyPair.FromSeed(new byte[32]), EncryptionKey = padding > 0 ? new byte[32] : ReadOnlyMemory<byte>.Empty };
        await using var writer = Core.CreateInMemory(options);
        var random = new SeededRandom(5);
        var starts = new List<(ulong Block, ulong Start, ulong Size)>();
        for (var i = 0UL; i < 50; i++)
        {
            var block = RandomBlock(random);
            starts.Add((i, writer.ByteLength, (ulong)block.Length));
            await writer.AppendAsync(block, Cancel);
        }

        await using var reader = OpenReader(writer);
        await UpgradeAsync(writer.State, reader.State, 50);
        foreach (var (block, start, size) in starts.Where(s => s.Size > 0))
        {
            var byteAt = start + (size / 2);
            var found = await SeekAsync(writer.State, reader.State, byteAt, padding);
            Assert.Equal((block, byteAt - start), found);
            Assert.Equal((block, byteAt - start), await writer.SeekAsync(byteAt, Cancel));
        }
    }

    [Theory]
    [InlineData(20, 10, 25)]
    [InlineData(20, 20, 25)]
    [InlineData(20, 0, 5)]
    [InlineData(33, 32, 33)]
    [InlineData(64, 13, 13)]
    public async Task Reorg_ToATruncatedFork_KeepsWhatIsShared(int length, int cut, int newLength)
    {
        await using var writer = Core.CreateInMemory();
        await using var reader = OpenReader(writer);
        for (var i = 0; i < length; i++) await writer.AppendAsync(BitConverter.GetBytes(i), Cancel);
        await UpgradeAsync(writer.State, reader.State, writer.Length);
        for (var i = 0UL; i < writer.Length; i++) await FetchAsync(writer.State, reader.State, i);
        var changes = new List<CoreChange>();
        reader.Changed += changes.Add;
        await writer.TruncateAsync((ulong)cut, null, Cancel);
        for (var i = cut; i < newLength; i++) await writer.AppendAsync(BitConverter.GetBytes(~i), Cancel);
        var (reorg, refusal) = await reader.State.BeginReorgAsync(await RequireAsync(writer.State, new ProofRequest { Upgrade = new(0, writer.Length) }));
        Assert.Equal(ProofRefusal.None, refusal);
        for (var steps = 0; reorg!.Want is { } want; steps++)
        {
            Assert.True(steps < 64);
            var proof = await RequireAsync(writer.State, new ProofRequest { Hash = new(want.Start * 2, want.Nodes) });
            Assert.True((await reorg.UpdateAsync(proof)).IsAccepted);
        }

        Assert.Equal((ulong)cut, reorg.Ancestors);
        Assert.True((await reorg.CommitAsync()).IsAccepted);
        Assert.Equal((writer.Length, writer.Fork, writer.TreeHash), (reader.Length, reader.Fork, reader.TreeHash));
        Assert.Contains(changes, change => change.Kind == CoreChangeKind.Truncated && change.Start == (ulong)cut);
        for (var i = 0UL; i < writer.Length; i++)
        {
            Assert.Equal(i < (ulong)cut, reader.Has(i));
            if (!reader.Has(i)) await FetchAsync(writer.State, reader.State, i);
            Assert.Equal(await writer.GetAsync(i, null, Cancel), await reader.GetAsync(i, null, Cancel));
        }
    }

    [Fact]
    public async Task Conflict_TwoSignedTrees_FreezesTheCore()
    {
        var pair = KeyPair.FromSeed(new byte[32]);
        await using var one = Core.CreateInMemory(new() { KeyPair = pair });
        await using var two = Core.CreateInMemory(new() { KeyPair = pair });
        for (var i = 0; i < 10; i++)
        {
            await one.AppendAsync(BitConverter.GetBytes(i), Cancel);
            await two.AppendAsync(BitConverter.GetBytes(i == 4 ? 99 : i), Cancel);
        }

        await two.AppendAsync(new byte[1], Cancel);
        Assert.Null(await one.State.CheckConflictAsync(await RequireAsync(one.State, new ProofRequest { Upgrade = new(0, 10) })));
        var probe = await RequireAsync(two.State, new ProofRequest { Upgrade = new(0, 10) });
        Assert.NotNull(await one.State.CheckConflictAsync(probe));
        await Assert.ThrowsAsync<CoreFrozenException>(async () => await one.AppendAsync(new byte[1], Cancel));
        Assert.Equal(ProofRefusal.Frozen, (await one.State.VerifyAndStoreAsync(probe)).Refusal);
    }

    internal static Core OpenReader(Core writer) => Core.Open(CorestoreStorage.CreateInMemory(), writer.Key, new CoreOptions { Manifest = writer.State.IsCompat ? null : writer.Manifest });

    internal static async Task<Proof> RequireAsync(CoreState core, ProofRequest request)
    {
        var reply = await core.CreateProofAsync(request);
        Assert.Equal(ProofRefusal.None, reply.Refusal);
        return reply.Proof!;
    }

    internal static async Task UpgradeAsync(CoreState from, CoreState to, ulong length)
    {
        if (to.Tip.Length >= length) return;
        var outcome = await to.VerifyAndStoreAsync(await RequireAsync(from, new ProofRequest { Upgrade = new(to.Tip.Length, length - to.Tip.Length) }));
        Assert.Equal(ProofRefusal.None, outcome.Refusal);
        Assert.True(outcome.Upgraded);
    }

    internal static async Task FetchAsync(CoreState from, CoreState to, ulong index)
    {
        var proof = await RequireAsync(from, new ProofRequest { Block = new(index, await to.MissingNodesAsync(index * 2)) });
        var outcome = await to.VerifyAndStoreAsync(proof);
        Assert.Equal((ProofRefusal.None, index), (outcome.Refusal, outcome.BlockIndex));
    }

    private static byte[] RandomBlock(SeededRandom random)
    {
        var block = new byte[random.NextUInt32() % 20];
        random.Fill(block);
        return block;
    }

    private static async Task SyncSomeAsync(CoreState writer, CoreState reader, SeededRandom random)
    {
        var length = writer.Tip.Length;
        for (var i = random.NextUInt32() % 10; i > 0 && length > 0; i--)
        {
            var index = random.NextUInt32() % length;
            switch (random.NextUInt32() % 4)
            {
                case 0:
                    await UpgradeAsync(writer, reader, index + 1);
                    break;
                case 1 when index < reader.Tip.Length:
                    await FetchAsync(writer, reader, index);
                    break;
                case 2 when index < reader.Tip.Length:
                    var hash = FlatTree.RightSpan(index) < reader.Tip.Length * 2 ? index : index * 2;
                    await TakeAsync(writer, reader, new ProofRequest { Hash = new(hash, await reader.MissingNodesAsync(hash)) });
                    break;
                case 3 when reader.Tip.Length < length:
                    var nodes = index < reader.Tip.Length ? await reader.MissingNodesAsync(index * 2) : 0;
                    var target = Math.Max(index + 1, reader.Tip.Length + 1);
                    await TakeAsync(writer, reader, new ProofRequest { Block = new(index, nodes), Upgrade = new(reader.Tip.Length, target - reader.Tip.Length) });
                    Assert.True(reader.Has(index));
                    break;
            }
        }
    }

    private static async Task TakeAsync(CoreState writer, CoreState reader, ProofRequest request) =>
        Assert.Equal(ProofRefusal.None, (await reader.VerifyAndStoreAsync(await RequireAsync(writer, request))).Refusal);

    private static async Task<(ulong Block, ulong Offset)> SeekAsync(CoreState writer, CoreState reader, ulong bytes, ulong padding)
    {
        for (var steps = 0; ; steps++)
        {
            Assert.True(steps < 64);
            var found = (await reader.SeekAsync(bytes, padding))!.Value;
            if (found.IsFound) return (found.Block, found.Offset);
            var first = found.Start * 2;
            await TakeAsync(writer, reader, new ProofRequest { Hash = new(first, await reader.MissingNodesAsync(first)), Seek = new(bytes, padding) });
        }
    }
}
