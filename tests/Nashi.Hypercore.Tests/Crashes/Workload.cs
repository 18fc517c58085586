using System.Text;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Storage;
using Nashi.Storage.Kv;
using Xunit;

namespace Nashi.Hypercore.Tests.Crashes;

/// <summary>Random work on a store that remembers its writes: own cores, a downloaded one, a branch, atoms over all. Notes what it shows after each write.</summary>
internal sealed class Workload(int seed) : IAsyncDisposable
{
    private readonly Random _random = new(seed);
    private readonly List<(int Writes, string State)> _notes = [(0, "")];
    private readonly List<Core> _cores = [];
    private readonly Core _origin = Core.CreateInMemory(new() { KeyPair = Pair(3), Clock = StillClock.Instance });
    private CorestoreStorage? _storage;
    private int _version;

    public static (string Name, CoreOptions Options)[] Cores { get; } =
    [
        ("one", new() { KeyPair = Pair(1), Clock = StillClock.Instance }),
        ("two", new() { KeyPair = Pair(2), Durability = Durability.Buffered, Clock = StillClock.Instance }),
        ("copy", new() { Manifest = Manifest.ForKey(Pair(3).PublicKey), Clock = StillClock.Instance }),
    ];

    public JournalStore Store { get; } = new();

    public static CoreKey KeyOf(CoreOptions options) => (options.Manifest ?? Manifest.ForKey(options.KeyPair!.PublicKey)).ToKey();

    public static KeyPair Pair(int i) => KeyPair.FromSeed([.. Enumerable.Repeat((byte)i, 32)]);

    public void Open()
    {
        _storage = CorestoreStorage.Over(Store);
        foreach (var (_, options) in Cores)
        {
            var core = Core.Open(_storage, null, options);
            _cores.Add(core);
            core.Changed += _ => Note();
            Note();
        }
    }

    /// <summary>A step that closes the store may have failed in the middle.</summary>
    public void OpenAgainIfClosed()
    {
        if (_cores.Count < Cores.Length) Open();
    }

    public async Task StepAsync()
    {
        var core = _cores[_random.Next(2)];
        var before = Store.Writes;
        _version++;
        var kind = _random.Next(13);
        await StepAsync(core, kind);
        if (core == _cores[0] && kind < 7 && Store.Writes != before) Assert.Equal(Store.Writes, Store.Synced);
        Note();
    }

    /// <summary>What was shown after the last of so many writes.</summary>
    public string StateAfter(int writes) => _notes.FindLast(note => note.Writes <= writes).State;

    /// <summary>What the open cores show.</summary>
    public string Look()
    {
        var text = new StringBuilder();
        foreach (var (core, (name, _)) in _cores.Zip(Cores)) StoreView.Describe(text, name, core);
        return text.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _origin.DisposeAsync();
    }

    private async Task StepAsync(Core core, int kind)
    {
        switch (kind)
        {
            case 0 or 1:
                await core.AppendAsync(Block());
                break;
            case 2:
                await core.AppendAsync([.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => Block())]);
                break;
            case 3:
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => core.AppendAsync(Block()).AsTask()));
                break;
            case 4 when core.Length > 3:
                await core.TruncateAsync((ulong)_random.Next((int)core.Length));
                break;
            case 5 when core.Length > 1:
                var start = (ulong)_random.Next((int)core.Length);
                await core.ClearAsync(start, start + (ulong)_random.Next(1, 4));
                break;
            case 6:
                await core.SetUserDataAsync("u", Block());
                break;
            case 7 or 8:
                await DownloadAsync();
                break;
            case 9 or 10:
                await BranchAsync(core);
                break;
            case 11:
                await AtomAsync();
                break;
            case 12 when _random.Next(4) == 0:
                await CloseAsync();
                Open();
                break;
        }
    }

    private async Task DownloadAsync()
    {
        var copy = _cores[2].State;
        for (var i = _random.Next(3); i > 0; i--) await _origin.AppendAsync(Block());
        var (from, to) = (copy.Tip.Length, _origin.Length);
        UpgradeRequest? upgrade = to > from ? new UpgradeRequest(from, to - from) : null;
        var block = to == 0 ? (ulong?)null : (ulong)_random.Next((int)to);
        var request = new ProofRequest { Upgrade = upgrade, Block = block is { } index ? new BlockRequest(index, index < from ? await copy.MissingNodesAsync(index * 2) : 0) : null };
        if ((await _origin.State.CreateProofAsync(request)).Proof is { } proof) _ = await copy.VerifyAndStoreAsync(proof);
    }

    private async Task BranchAsync(Core core)
    {
        await using var branch = core.Session(new() { Name = "b", Overwrite = _random.Next(6) == 0 });
        Note();
        for (var i = _random.Next(4); i > 0; i--)
        {
            await branch.AppendAsync(Block());
            Note();
        }

        if (branch.Length > 1 && _random.Next(4) == 0) await branch.TruncateAsync((ulong)_random.Next((int)branch.Length));
        Note();
        if (_random.Next(3) == 0) await core.CommitAsync(branch);
    }

    private async Task AtomAsync()
    {
        var atom = new CoreAtom(_storage!);
        foreach (var core in _cores.Take(2))
        {
            await using var inside = core.Session(new() { Atom = atom });
            if (inside.Length > 2 && _random.Next(3) == 0) await inside.TruncateAsync(inside.Length - 2);
            for (var i = _random.Next(3); i > 0; i--) await inside.AppendAsync(Block());
            await inside.SetUserDataAsync("u", Block());
            if (!core.ListBranches().Contains("b")) continue;
            await using var branch = core.Session(new() { Name = "b" });
            await using var inBranch = branch.Session(new() { Atom = atom });
            await inBranch.AppendAsync(Block());
        }

        await atom.WriteAsync();
    }

    private async Task CloseAsync()
    {
        foreach (var core in _cores) await core.DisposeAsync();
        _cores.Clear();
        if (_storage is not null) await _storage.DisposeAsync();
    }

    private void Note()
    {
        if (_cores.Count == 0) return;
        lock (_notes) _notes.Add((Store.Writes, Look()));
    }

    private byte[] Block() => System.Text.Encoding.ASCII.GetBytes($"{_version}{new string('x', _random.Next(3))}");

    private sealed class StillClock : TimeProvider
    {
        public static StillClock Instance { get; } = new();

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch;
    }
}
