using Nashi.Cryptography;
using Nashi.Hypercore.Encryption;
using Nashi.Hypercore.Manifests;
using Nashi.Storage;
using Nashi.Storage.Kv;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests.Branches;

public sealed class BranchTests
{
    private static readonly KeyPair Pair = KeyPair.FromSeed([.. Enumerable.Repeat((byte)3, 32)]);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Branch_Appended_LeavesTheCoreAlone()
    {
        await using var core = await FilledAsync(5);
        await using var branch = core.Session(new() { Name = "b" });
        await FillAsync(branch, "b", 3);
        Assert.Equal((5UL, 8UL, 5UL), (core.Length, branch.Length, branch.SignedLength));
        Assert.Equal("c4", await TextAsync(branch, 4));
        Assert.Equal("b7", await TextAsync(branch, 7));
        Assert.False(core.Has(5));
        await FillAsync(core, "c", 2);
        Assert.Equal(("c5", "b5"), (await TextAsync(core, 5), await TextAsync(branch, 5)));
        Assert.NotEqual(core.TreeHash, branch.TreeHash);
        Assert.Equal(8UL, branch.ContiguousLength);
        Assert.Null(await core.CommitAsync(branch, null, Cancel));
        Assert.Equal(7UL, core.Length);
    }

    [Fact]
    public async Task Branch_Committed_IsTheCore()
    {
        await using var store = CorestoreStorage.CreateInMemory();
        var core = Core.Open(store, null, new() { KeyPair = Pair });
        await FillAsync(core, "c", 5);
        var branch = core.Session(new() { Name = "b" });
        await FillAsync(branch, "b", 6);
        var hash = branch.GetTreeHash(9);
        var changes = new List<CoreChange>();
        core.Changed += changes.Add;
        Assert.Equal(9UL, await core.CommitAsync(branch, new() { Length = 9 }, Cancel));
        Assert.Equal(new CoreChange(CoreChangeKind.Appended, 5, 4, 9, 0), Assert.Single(changes));
        Assert.Equal((9UL, 9UL, 11UL, 9UL), (core.Length, core.ContiguousLength, branch.Length, branch.SignedLength));
        Assert.Equal(hash, core.TreeHash);
        Assert.Equal(("b8", "b8", "b10"), (await TextAsync(core, 8), await TextAsync(branch, 8), await TextAsync(branch, 10)));
        await branch.DisposeAsync();
        await core.DisposeAsync();
        core = Core.Open(store, core.Key, new());
        branch = core.Session(new() { Name = "b" });
        Assert.Equal((9UL, 11UL, "b8", "b10"), (core.Length, branch.Length, await TextAsync(branch, 8), await TextAsync(branch, 10)));
        Assert.Equal(11UL, await core.CommitAsync(branch, null, Cancel));
        Assert.Equal(branch.TreeHash, core.TreeHash);
        Assert.True(core.VerifySignature(core.State.Tree.Signature, 11, 0));
        await branch.DisposeAsync();
        await core.DisposeAsync();
    }

    [Fact]
    public async Task Branch_CutIntoTheShared_GrowsDifferently()
    {
        await using var core = await FilledAsync(10);
        await using var branch = core.Session(new() { Name = "b" });
        await FillAsync(branch, "b", 4);
        await using var snapshot = branch.Snapshot();
        await branch.TruncateAsync(new() { Length = 7, Fork = 0 }, Cancel);
        Assert.Equal((7UL, 0UL, 7UL), (branch.Length, branch.Fork, branch.SignedLength));
        await FillAsync(branch, "d", 2);
        Assert.Equal(("c6", "d8", "c8"), (await TextAsync(branch, 6), await TextAsync(branch, 8), await TextAsync(core, 8)));
        Assert.Equal(14UL, snapshot.Length);
        Assert.Equal("c6", await TextAsync(snapshot, 6));
        await Assert.ThrowsAsync<SnapshotNotAvailableException>(async () => await snapshot.GetAsync(8, null, Cancel));
        Assert.Null(await core.CommitAsync(branch, null, Cancel));
        await branch.CatchUpAsync(10);
        Assert.Equal((10UL, core.TreeHash, "c9"), (branch.Length, branch.TreeHash, await TextAsync(branch, 9)));
    }

    [Fact]
    public async Task Branch_Overwritten_StartsOver()
    {
        await using var core = await FilledAsync(6);
        await using (var old = core.Session(new() { Name = "b" })) await FillAsync(old, "b", 2);
        await using (var same = core.Session(new() { Name = "b" })) Assert.Equal(8UL, same.Length);
        await using (var cut = core.Session(new() { Name = "b", Checkout = 7 })) Assert.Equal((7UL, 0UL), (cut.Length, cut.Fork));
        await using (var fresh = core.Session(new() { Name = "b", Overwrite = true, Checkout = 4 })) Assert.Equal((4UL, core.GetTreeHash(4)), (fresh.Length, (Encoding.Bytes32?)fresh.TreeHash));
        Assert.Equal(["b"], core.ListBranches());
        await core.DeleteBranchesAsync();
        Assert.Empty(core.ListBranches());
        Assert.Equal(6UL, core.Length);
    }

    [Fact]
    public async Task Atom_Written_ShowsAllAtOnce()
    {
        await using var store = CorestoreStorage.CreateInMemory();
        await using var one = Core.Open(store, null, new() { KeyPair = Pair });
        await using var two = Core.Open(store, null, new() { KeyPair = KeyPair.FromSeed(new byte[32]) });
        await FillAsync(one, "c", 3);
        await using var branch = two.Session(new() { Name = "view" });
        var atom = new CoreAtom(store);
        await using var inOne = one.Session(new() { Atom = atom });
        await using var inBranch = branch.Session(new() { Atom = atom });
        for (var round = 0; round < 3; round++)
        {
            var (was, length) = (one.Length, branch.Length);
            await FillAsync(inOne, "a", 2);
            await FillAsync(inBranch, "v", 3);
            await inBranch.TruncateAsync(new() { Length = length + 2, Fork = 0 }, Cancel);
            await inOne.SetUserDataAsync("boot", new[] { (byte)round });
            await inOne.WriteRecordsAsync(batch => batch.PutLocal([1, (byte)round], [9]));
            Assert.Equal((was, length, was + 2, length + 2), (one.Length, branch.Length, inOne.Length, inBranch.Length));
            Assert.Equal(("a", "v"), ((await TextAsync(inOne, was + 1))[..1], (await TextAsync(inBranch, length + 1))[..1]));
            await atom.WriteAsync(Durability.Synced);
            Assert.True(atom.IsEmpty);
            Assert.Equal((was + 2, length + 2, was + 2, length + 2), (one.Length, branch.Length, inOne.Length, inBranch.Length));
            Assert.Equal((byte)round, (await one.GetUserDataAsync("boot"))![0]);
        }

        Assert.Equal(3, one.ListLocalRecords([0], [2]).Count);
        Assert.True(one.VerifySignature(one.State.Tree.Signature, one.Length, 0));
        Assert.Equal((9UL, "a8", "v5"), (one.ContiguousLength, await TextAsync(one, 8), await TextAsync(branch, 5)));
        Assert.Equal(6UL, await two.CommitAsync(inBranch, null, Cancel));
        Assert.Equal(two.TreeHash, inBranch.TreeHash);
        await atom.WriteAsync();
        Assert.Equal(6UL, branch.SignedLength);
    }

    [Fact]
    public async Task Atom_Cleared_NothingHappened()
    {
        await using var core = await FilledAsync(4);
        var atom = new CoreAtom(core.State.Storage.Owner);
        await using var inside = core.Session(new() { Atom = atom });
        await inside.TruncateAsync(2, null, Cancel);
        await FillAsync(inside, "x", 5);
        Assert.Equal((7UL, 1UL, "x6"), (inside.Length, inside.Fork, await TextAsync(inside, 6)));
        Assert.Equal("c3", await TextAsync(core, 3));
        atom.Clear();
        Assert.Equal((4UL, 0UL, "c3"), (inside.Length, inside.Fork, await TextAsync(inside, 3)));
        await inside.TruncateAsync(2, null, Cancel);
        await FillAsync(inside, "x", 1);
        await atom.WriteAsync();
        Assert.Equal((3UL, 1UL, "x2", 3UL), (core.Length, core.Fork, await TextAsync(core, 2), core.ContiguousLength));
        Assert.True(core.VerifySignature(core.State.Tree.Signature, 3, 1));
    }

    [Fact]
    public async Task Atom_CoreChangedOutside_IsRefused()
    {
        await using var core = await FilledAsync(4);
        var atom = new CoreAtom(core.State.Storage.Owner);
        await using var inside = core.Session(new() { Atom = atom });
        await FillAsync(inside, "x", 1);
        await FillAsync(core, "y", 1);
        Assert.Equal(StorageFailure.Conflict, (await Assert.ThrowsAsync<StorageException>(async () => await atom.WriteAsync())).Failure);
        atom.Clear();
        await FillAsync(inside, "x", 1);
        await atom.WriteAsync();
        Assert.Equal(("y4", "x5"), (await TextAsync(core, 4), await TextAsync(core, 5)));
    }

    [Fact]
    public async Task Append_WithPreconditions_AppendsOnlyThen()
    {
        await using var core = await FilledAsync(4);
        ReadOnlyMemory<byte>[] blocks = [new byte[1], new byte[2]];
        Assert.Equal(4UL, await core.AppendAsync(blocks, new CoreAppendOptions { ExpectedLength = 3 }, Cancel));
        Assert.Equal(4UL, await core.AppendAsync(blocks, new CoreAppendOptions { ExpectedFork = 1 }, Cancel));
        Assert.Equal(4UL, await core.AppendAsync(blocks, new CoreAppendOptions { MaxLength = 5 }, Cancel));
        Assert.Equal(6UL, await core.AppendAsync(blocks, new CoreAppendOptions { ExpectedLength = 4, ExpectedFork = 0, MaxLength = 6 }, Cancel));
    }

    [Fact]
    public async Task Signature_OfTwoOfThree_CommitsTheBranch()
    {
        var pairs = Enumerable.Range(1, 3).Select(i => KeyPair.FromSeed([.. Enumerable.Repeat((byte)i, 32)])).ToArray();
        var manifest = new Manifest { Version = 2, Quorum = 2, AllowPatch = true, Signers = [.. pairs.Select(pair => ManifestSigner.From(pair.PublicKey))], UserData = new byte[] { 7 } };
        await using var store = CorestoreStorage.CreateInMemory();
        await using var core = Core.Open(store, null, new() { Manifest = manifest });
        Assert.False(core.IsWritable);
        await using var branch = core.Session(new() { Name = "batch" });
        await FillAsync(branch, "v", 9);
        PartialSignature Sign(int signer, ulong at)
        {
            var signature = new byte[64];
            pairs[signer].Sign(branch.GetSignable(at, 0)!, signature);
            return branch.CreatePartialSignature(signer, signature, at, 5)!;
        }

        var one = Core.AssembleSignature([Sign(0, 5)]);
        await Assert.ThrowsAsync<InvalidSignatureException>(async () => await core.CommitAsync(branch, new() { Length = 5, Signature = one }, Cancel));
        Assert.Equal(0UL, core.Length);
        var both = Core.AssembleSignature([Sign(2, 8), Sign(0, 5)]);
        Assert.True(branch.VerifySignature(both, 5, 0));
        Assert.False(branch.VerifySignature(both, 6, 0));
        Assert.Equal(5UL, await core.CommitAsync(branch, new() { Length = 5, Signature = both }, Cancel));
        Assert.Equal((5UL, 9UL, 5UL), (core.Length, branch.Length, branch.SignedLength));
        await Assert.ThrowsAsync<CoreNotWritableException>(async () => await core.AppendAsync(new byte[1], Cancel));
    }

    [Fact]
    public async Task Prologue_Copied_NeedsNoSignature()
    {
        await using var store = CorestoreStorage.CreateInMemory();
        await using var source = Core.Open(store, null, new() { KeyPair = Pair });
        await FillAsync(source, "c", 40);
        await source.ClearAsync(3, 5, Cancel);
        var manifest = new Manifest { Version = 1, Quorum = 0, Prologue = new ManifestPrologue(source.GetTreeHash(33)!.Value, 33) };
        var copy = Core.Open(store, null, new() { Manifest = manifest });
        await copy.CopyPrologueAsync(source);
        Assert.Equal((33UL, 3UL, "c32", false), (copy.Length, copy.ContiguousLength, await TextAsync(copy, 32), copy.Has(4)));
        await using (var branch = copy.Session(new() { Name = "batch" }))
        {
            await FillAsync(branch, "b", 2);
            await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await branch.TruncateAsync(32, null, Cancel));
        }

        await copy.DisposeAsync();
        copy = Core.Open(store, copy.Key);
        Assert.Equal((33UL, "c31"), (copy.Length, await TextAsync(copy, 31)));
        var other = Core.Open(store, null, new() { Manifest = manifest with { Prologue = new ManifestPrologue(source.GetTreeHash(32)!.Value, 33) } });
        await Assert.ThrowsAsync<ArgumentException>(async () => await other.CopyPrologueAsync(source));
        await other.DisposeAsync();
        await copy.DisposeAsync();
    }

    [Fact]
    public async Task Encryption_OfAnApplication_PreparesWhatItLacks()
    {
        await using var core = Core.CreateInMemory(new() { Encryption = new Shift(ready: true) });
        await FillAsync(core, "c", 3);
        Assert.Equal(6UL, core.ByteLength);
        await using var late = core.Session(new() { Encryption = new Shift(ready: false) });
        Assert.False(late.TryGet(1, out _));
        Assert.Equal("c1", await TextAsync(late, 1));
        Assert.Equal("c2", await TextAsync(late, 2));
        await using var plain = core.Session(new() { IsPlain = true });
        Assert.Equal(5, (await plain.GetAsync(1, null, Cancel)).Length);
        plain.SetEncryption(new Shift(ready: true));
        Assert.Equal("c1", await TextAsync(plain, 1));
    }

    [Fact]
    public async Task Branch_OnDisk_SurvivesReopening()
    {
        using var folder = new TempFolder();
        var hash = default(Encoding.Bytes32);
        for (var round = 0; round < 3; round++)
        {
            await using var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel);
            await using var core = Core.Open(store, null, new() { KeyPair = Pair });
            if (round == 0) await FillAsync(core, "c", 20);
            await using var branch = core.Session(new() { Name = "b", EncryptionKey = new byte[32] });
            if (round > 0) Assert.Equal(hash, branch.TreeHash);
            await FillAsync(branch, "b", 10);
            if (round == 1) Assert.Equal(25UL, await core.CommitAsync(branch, new() { Length = 25 }, Cancel));
            var atom = new CoreAtom(store);
            await using var inside = branch.Session(new() { Atom = atom });
            await FillAsync(inside, "a", 2);
            if (round != 1) await atom.WriteAsync();
            hash = branch.TreeHash;
            for (var i = 20UL; i < branch.Length; i++) Assert.EndsWith(i.ToString(System.Globalization.CultureInfo.InvariantCulture), await TextAsync(branch, i), StringComparison.Ordinal);
        }
    }

    internal static async Task FillAsync(Core core, string text, int count)
    {
        for (var i = 0; i < count; i++) await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes($"{text}{core.Length}"), Cancel);
    }

    internal static async Task<string> TextAsync(Core core, ulong index) => System.Text.Encoding.UTF8.GetString(await core.GetAsync(index, null, Cancel));

    private static async Task<Core> FilledAsync(int count)
    {
        var core = Core.CreateInMemory(new() { KeyPair = Pair });
        await FillAsync(core, "c", count);
        return core;
    }

    private sealed class Shift(bool ready) : IBlockEncryption
    {
        private bool _ready = ready;

        public int Padding => 3;

        public void Encrypt(ulong index, ulong fork, Span<byte> padded)
        {
            padded[..3].Fill((byte)index);
            for (var i = 3; i < padded.Length; i++) padded[i]++;
        }

        public byte[]? TryDecrypt(ulong index, ReadOnlySpan<byte> stored)
        {
            if (!_ready) return null;
            var block = stored[3..].ToArray();
            for (var i = 0; i < block.Length; i++) block[i]--;
            return block;
        }

        public ValueTask<bool> PrepareAsync(ulong index, ReadOnlyMemory<byte> stored, CancellationToken cancellationToken) => new(_ready = stored.Span[0] == index);
    }
}
